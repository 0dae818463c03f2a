-- Creates links, one a request: wrk -s create.lua URL -- PATH KEY plain|alias|idempotent WORD
-- WORD is another at each run, so that aliases and idempotency keys are new.
dofile(debug.getinfo(1, "S").source:match("^@(.*/)") .. "report.lua")

local path, kind, word, headers
local number = 0

function init(args)
  path, kind, word = args[1], args[3], args[4]
  headers = { ["Authorization"] = "Bearer " .. args[2], ["Content-Type"] = "application/json" }
end

function request()
  number = number + 1
  local alias = ""
  if kind == "alias" then
    alias = string.format(',"alias":"%s-%d"', word, number)
  elseif kind == "idempotent" then
    headers["Idempotency-Key"] = word .. "-" .. number
  end
  return wrk.format("POST", path, headers, string.format('{"landingPage":"https://www.example.com/products/%d"%s}', number, alias))
end
