-- Follows links, in random order: wrk -s redirect.lua URL -- FILE_WITH_A_PATH_A_LINE
dofile(debug.getinfo(1, "S").source:match("^@(.*/)") .. "report.lua")

local requests, count = {}, 0

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
  math.randomseed(os.time())
end

function request()
  return requests[math.random(count)]
end
