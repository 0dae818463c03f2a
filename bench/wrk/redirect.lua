-- Follows links, in random order: wrk -s redirect.lua URL -- FILE_WITH_A_PATH_A_LINE [zipf|even [PAUSE]]
-- zipf: the link of rank k is followed 1/k as often as the first. PAUSE: milliseconds that a connection waits before each.
dofile(debug.getinfo(1, "S").source:match("^@(.*/)") .. "report.lua")

local requests, count = {}, 0
local zipf = false

function init(args)
  local headers = {
    ["User-Agent"] = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36",
    ["Accept"] = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    ["Accept-Language"] = "en-US,en;q=0.9",
  }
  for path in io.lines(args[1]) do
    count = count + 1
    requests[count] = wrk.format("GET", path, headers)
  end
  zipf = args[2] == "zipf"
  local pause = tonumber(args[3])
  if pause then
    function delay() return pause end
  end
  math.randomseed(os.time())
end

function request()
  -- Of n links, the share of the first k is about ln k / ln n.
  return requests[zipf and math.min(count, math.floor(count ^ math.random())) or math.random(count)]
end
