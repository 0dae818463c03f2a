-- Asks for codes that were never issued, as one does who tries codes: wrk -s unknown.lua URL -- [PAUSE]
-- PAUSE: milliseconds that a connection waits before each. A 404 is what should come: the last line is as that of report.lua,
-- with the 404s and all other errors.
local alphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
local headers = { ["User-Agent"] = "Mozilla/5.0 (compatible; scanner)" }
local code = {}

function init(args)
  local pause = tonumber(args[1])
  if pause then
    function delay() return pause end
  end
  math.randomseed(os.time())
end

function request()
  for i = 1, 8 do
    local at = math.random(#alphabet)
    code[i] = alphabet:sub(at, at)
  end
  return wrk.format("GET", "/" .. table.concat(code), headers)
end

function done(summary, latency, requests)
  local e = summary.errors
  print(string.format("result %d %d %d %d %d", e.status, summary.requests - e.status + e.connect + e.read + e.write + e.timeout,
    summary.duration, latency:percentile(50), latency:percentile(99)))
end
