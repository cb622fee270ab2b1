-- SPDX-License-Identifier: MIT
-- NodeMCU's sjson, its two functions: null is sjson.NULL, numbers without a point are integers.

local NULL = setmetatable({}, { __metatable = false, __tostring = function() return "null" end })
local ESCAPES = { b = "\b", f = "\f", n = "\n", r = "\r", t = "\t" }
local NAMES = { ["\b"] = "b", ["\f"] = "f", ["\n"] = "n", ["\r"] = "r", ["\t"] = "t" }

local function utf8Of(code)
  if code < 128 then return string.char(code) end
  local last = 128 + code % 64
  if code < 2048 then return string.char(192 + (code - code % 64) / 64, last) end
  local rest = (code - code % 64) / 64
  return string.char(224 + (rest - rest % 64) / 64, 128 + rest % 64, last)
end

local function fail() error("JSON parse error", 0) end

local function readText(text, at)
  local parts = ""
  while true do
    local plain, mark = string.match(text, '^([^"\\]*)(["\\])', at)
    if not plain then fail() end
    parts = parts .. plain
    at = at + #plain + 1
    if mark == '"' then return parts, at end
    local letter = string.sub(text, at, at)
    if letter == "u" then
      parts = parts .. utf8Of(tonumber(string.sub(text, at + 1, at + 4), 16) or fail())
      at = at + 5
    else
      parts = parts .. (ESCAPES[letter] or letter)
      at = at + 1
    end
  end
end

local read
local function readList(text, at, close, readItem)
  at = string.match(text, "^%s*()", at)
  if string.sub(text, at, at) == close then return at + 1 end
  while true do
    at = readItem(at)
    local mark, past = string.match(text, "^%s*(.)()", at)
    if mark == close then return past end
    if mark ~= "," then fail() end
    at = past
  end
end

local WORDS = { { "true", true }, { "false", false }, { "null", NULL } }
function read(text, at)
  at = string.match(text, "^%s*()", at)
  local first = string.sub(text, at, at)
  if first == '"' then return readText(text, at + 1) end
  local result = {}
  if first == "[" then
    at = readList(text, at + 1, "]", function(from)
      result[#result + 1], from = read(text, from)
      return from
    end)
    return result, at
  elseif first == "{" then
    at = readList(text, at + 1, "}", function(from)
      local key
      from = string.match(text, '^%s*"()', from) or fail()
      key, from = readText(text, from)
      from = string.match(text, "^%s*:()", from) or fail()
      result[key], from = read(text, from)
      return from
    end)
    return result, at
  end
  for _, word in ipairs(WORDS) do
    if string.sub(text, at, at + #word[1] - 1) == word[1] then return word[2], at + #word[1] end
  end
  local number = string.match(text, "^-?%d+[%d.eE+-]*", at) or fail()
  return tonumber(number), at + #number
end

local function quote(text)
  return '"' .. string.gsub(text, '[%c"\\]', function(octet)
    if octet == '"' or octet == "\\" then return "\\" .. octet end
    local name = NAMES[octet]
    return name and "\\" .. name or string.format("\\u%04x", string.byte(octet))
  end) .. '"'
end

local function write(value)
  local kind = type(value)
  if value == NULL or kind == "userdata" then return "null" end
  if kind == "string" then return quote(value) end
  if kind == "number" or kind == "boolean" then return tostring(value) end
  if kind ~= "table" then error("Cannot encode type", 0) end
  local parts = {}
  if #value > 0 or next(value) == nil then
    for at = 1, #value do parts[at] = write(value[at]) end
    return (#value > 0 and "[" or "{") .. table.concat(parts, ",") .. (#value > 0 and "]" or "}")
  end
  for key, item in pairs(value) do parts[#parts + 1] = quote(tostring(key)) .. ":" .. write(item) end
  return "{" .. table.concat(parts, ",") .. "}"
end

sjson = {
  NULL = NULL,
  encode = function(value) return write(value) end,
  decode = function(text)
    local value, at = read(text, 1)
    if string.find(text, "^%s*%S", at) then fail() end
    return value
  end,
}
