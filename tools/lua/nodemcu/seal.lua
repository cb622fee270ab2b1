-- SPDX-License-Identifier: MIT
-- Runs last: takes away what the machine has and NodeMCU has not. `__event` stays, for the host.

local isNew = __host.isNew
local function keep(from, list)
  local allowed = {}
  for name in string.gmatch(list, "%S+") do allowed[name] = true end
  local all = {}
  for name in pairs(from) do all[#all + 1] = name end
  for _, name in ipairs(all) do
    if not allowed[name] then from[name] = nil end
  end
end

local OLD = "getfenv setfenv loadstring unpack gcinfo "
local NEW = "rawlen utf8 "
local OLD_MATH = "abs ceil floor max min pow random randomseed sqrt huge "
local NEW_MATH = "abs acos asin atan ceil cos deg exp tointeger floor fmod ult log max min modf "
  .. "rad random randomseed sin sqrt tan type pi huge maxinteger mininteger "

keep(math, isNew and NEW_MATH or OLD_MATH)
keep(debug, "getinfo getlocal getmetatable getupvalue traceback")
keep(_G, "_G _VERSION __event assert collectgarbage dofile error getmetatable ipairs load loadfile "
  .. "next pairs pcall print rawequal rawget rawset require select setmetatable tonumber tostring "
  .. "type xpcall package string table math coroutine debug "
  .. "adc crypto dht eth file gpio i2c ledc net node ow pwm rtcmem sjson spi tmr uart wifi " .. (isNew and NEW or OLD))
