-- SPDX-License-Identifier: MIT
-- What only the ESP8266's firmware has: a clock of 31 bits, one analog input, Wi-Fi that joins by
-- itself, and callbacks that are registered with `eventmon`.

local host = __host
local js, events, integer, callable = host.js, host.events, host.integer, host.callable

function tmr.now() return js("now") end
function tmr.time() return js("seconds") end
function tmr.delay() end
function tmr.wdclr() end

adc = {
  read = function(channel) return js("adc", integer(channel, 1, "read")) end,
  readvdd33 = function() return 3300 end,
}

pwm = {
  setup = function(pin, clock, duty)
    if clock < 1 or clock > 1000 then error("wrong arg range", 2) end
    js("pwm", pin, duty)
  end,
  start = function(pin) integer(pin, 1, "start") end,
  setduty = function(pin, duty)
    if duty < 0 or duty > 1023 then error("wrong arg range", 2) end
    js("pwm", pin, integer(duty, 2, "setduty"))
  end,
}
spi = {
  send = function(id, data)
    if id ~= 0 and id ~= 1 then error("id not in valid range", 2) end
    return #data, js("spi", data)
  end,
}
local onSerial
uart = {
  write = function(id, data) js("uart.write", data) end,
  on = function(event, count, handler, isForLua) onSerial = handler end,
}
events.uart = function(octet) if onSerial then onSerial(octet) end end

local watched = {}
gpio.INPUT, gpio.OUTPUT, gpio.INT, gpio.OPENDRAIN = 0, 1, 2, 3
gpio.LOW, gpio.HIGH, gpio.FLOAT, gpio.PULLUP = 0, 1, 0, 1
local function exists(pin, position, name)
  if integer(pin, position, name) < 0 or pin > 12 then host.refuse(position, name, "gpio pin does not exist") end
end
function gpio.mode(pin) exists(pin, 1, "mode") end
local setup = i2c.setup
function i2c.setup(id, sda, scl, speed)
  exists(sda, 2, "setup")
  exists(scl, 3, "setup")
  return setup(id, sda, scl, speed)
end
function gpio.trig(pin, edge, handler)
  if integer(pin, 1, "trig") == 0 then error("Invalid interrupt pin", 2) end
  local before = watched[pin]
  handler = handler or before and before.handler
  watched[pin] = edge and edge ~= "none" and { edge = edge, handler = handler } or nil
  js("gpio.trig", pin, watched[pin] ~= nil)
end
events.gpio = function(pin, level)
  local watch = watched[pin]
  local edge = level == 1 and "up" or "down"
  if watch and (watch.edge == "both" or watch.edge == edge) then
    watch.handler(level, js("now"), 1)
  end
end

wifi = {
  NULLMODE = 0, STATION = 1, SOFTAP = 2, STATIONAP = 3,
  STA_IDLE = 0, STA_CONNECTING = 1, STA_GOTIP = 5,
  setmode = function(mode) return mode end,
  getmode = function() return 1 end,
  sta = {
    getip = function() return js("wifi.ip") end,
    getmac = function() return js("wifi.mac") end,
    getrssi = function() return -60 end,
    status = function() return js("wifi.ip") and wifi.STA_GOTIP or wifi.STA_CONNECTING end,
    sethostname = function() return true end,
    config = function(config)
      if config.auto ~= false then js("wifi.join") end
      return true
    end,
    connect = function() js("wifi.join") end,
    disconnect = function() js("wifi.leave") end,
  },
  eventmon = { STA_CONNECTED = 0, STA_DISCONNECTED = 1, STA_GOT_IP = 3 },
}
local handlers = {}
function wifi.eventmon.register(event, handler)
  handlers[event] = handler and callable(handler, 2, "register")
end
function wifi.eventmon.unregister(event) handlers[event] = nil end
events.wifi = function(event, ip, netmask, gateway)
  local handler = handlers[wifi.eventmon[event]]
  if not handler then return end
  if event == "STA_GOT_IP" then
    handler({ IP = ip, netmask = netmask, gateway = gateway })
  else
    handler({ SSID = "simulated", BSSID = "02:00:00:00:00:01", channel = 1, reason = 8 })
  end
end
