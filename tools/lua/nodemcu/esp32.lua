-- SPDX-License-Identifier: MIT
-- What only the ESP32's firmware has: no clock in `tmr` but `node.uptime`, analog inputs that are set
-- up first (the calls of the firmware before ESP-IDF 6), Wi-Fi that is started and told to connect, and
-- `wifi.sta.on`; Ethernet, SPI and pulse-width modulation as objects, and three serial ports.

local host = __host
local js, events, integer, callable = host.js, host.events, host.integer, host.callable

function node.uptime() return js("uptime") end

local ready = {}
adc = { ADC1 = 1, ATTEN_0db = 0, ATTEN_2_5db = 1, ATTEN_6db = 2, ATTEN_11db = 3 }
function adc.setwidth(unit, bits) integer(bits, 2, "setwidth") end
function adc.setup(unit, channel, attenuation)
  integer(attenuation, 3, "setup")
  ready[integer(channel, 2, "setup")] = true
end
function adc.read(unit, channel)
  if not ready[integer(channel, 2, "read")] then error("adc_read failed", 2) end
  return js("adc", channel)
end

local watched = {}
gpio.IN, gpio.OUT, gpio.IN_OUT = 1, 2, 3
gpio.FLOATING, gpio.PULL_UP, gpio.PULL_DOWN, gpio.PULL_UP_DOWN = 0, 1, 2, 3
gpio.INTR_NONE, gpio.INTR_UP, gpio.INTR_DOWN, gpio.INTR_UP_DOWN = 0, 1, 2, 3
gpio.INTR_LOW, gpio.INTR_HIGH = 4, 5
local function exists(pin) return pin >= 0 and pin < 40 end
function gpio.config(...)
  for at = 1, select("#", ...) do
    local config = select(at, ...)
    integer(config.dir, at, "config")
    if not config.gpio then error("missing/bad 'gpio' field", 2) end
    -- From 34 on they are inputs.
    if not exists(config.gpio) or config.dir ~= gpio.IN and config.gpio > 33 then
      error("invalid gpio", 2)
    end
  end
end
local setup = i2c.setup
function i2c.setup(id, sda, scl, speed)
  if not exists(sda) or not exists(scl) then error("invalid gpio", 2) end
  return setup(id, sda, scl, speed)
end
function gpio.trig(pin, edge, handler)
  local before = watched[integer(pin, 1, "trig")]
  handler = handler or before and before.handler
  watched[pin] = edge and edge ~= 0 and { edge = edge, handler = handler } or nil
  js("gpio.trig", pin, watched[pin] ~= nil)
end
events.gpio = function(pin, level)
  local watch = watched[pin]
  local edge = level == 1 and gpio.INTR_UP or gpio.INTR_DOWN
  if watch and (watch.edge == gpio.INTR_UP_DOWN or watch.edge == edge) then
    watch.handler(pin, level)
  end
end

i2c.SW = 0

spi = { HSPI = 1, VSPI = 2 }
local device = { transfer = function(self, data) return js("spi", host.text(data, 2, "transfer")) end }
local master = {
  device = function(self, config)
    integer(config.mode, 2, "device")
    integer(config.freq, 2, "device")
    return setmetatable({}, host.opaque(device))
  end,
}
function spi.master(id, config, dma) return setmetatable({}, host.opaque(master)) end

ledc = { HIGH_SPEED = 0, LOW_SPEED = 1, TIMER_0 = 0, TIMER_10_BIT = 10, TIMER_13_BIT = 13 }
for at = 0, 7 do ledc["CHANNEL_" .. at] = at end
function ledc.newChannel(config)
  if integer(config.frequency, 1, "newChannel") < 1 then error("timer configuration failed code 258", 2) end
  local full = math.floor(2 ^ config.bits)
  local methods = {}
  function methods.setduty(self, duty)
    if duty < 0 or duty > full then error("set duty failed, code 258", 2) end
    js("pwm", config.gpio, integer(duty, 2, "setduty"), full)
  end
  function methods.getduty(self) return 0 end
  js("pwm", config.gpio, integer(config.duty, 1, "newChannel"), full)
  return setmetatable({}, host.opaque(methods))
end

local onSerial = {}
uart = { PARITY_NONE = 0, STOPBITS_1 = 1 }
function uart.setup(id) return integer(id, 1, "setup") end
function uart.start(id) return true end
function uart.write(id, data) js("uart.write", host.text(data, 2, "write")) end
-- The port may be left out: then it is the console's.
function uart.on(id, event, count, handler, isForLua)
  if type(id) ~= "number" then id, event, count, handler = 0, id, event, count end
  if event == "data" then onSerial[id] = handler end
end
events.uart = function(octet) if onSerial[2] then onSerial[2](octet) end end

local onEthernet = {}
eth = { PHY_LAN8720 = 1, PHY_LAN87XX = 1 }
function eth.init(config)
  for _, name in ipairs{ "phy", "mdc", "mdio" } do
    if not config[name] then error("missing " .. name, 2) end
  end
  js("eth.init")
end
function eth.on(event, handler) onEthernet[event] = handler end
events.eth = function(event)
  local handler = onEthernet[event]
  if handler then handler(event, { ip = "192.0.2.2", netmask = "255.255.255.0", gw = "192.0.2.1" }) end
end

local handlers = {}
wifi = {
  NULLMODE = 0, STATION = 1, SOFTAP = 2, STATIONAP = 3,
  mode = function() end,
  -- It joins when it is told to, and after each loss anew.
  start = function() js("wifi.start") end,
  stop = function() js("wifi.leave") end,
  sta = {
    getmac = function() return js("wifi.mac") end,
    sethostname = function() return true end,
    config = function(config) if not config.ssid then error("missing ssid", 2) end end,
    connect = function() js("wifi.join") end,
    disconnect = function() js("wifi.leave") end,
  },
}
local NAMES = { STA_START = "start", STA_CONNECTED = "connected", STA_DISCONNECTED = "disconnected", STA_GOT_IP = "got_ip" }
function wifi.sta.on(event, handler)
  local isKnown = false
  for _, name in pairs(NAMES) do isKnown = isKnown or name == event end
  if not isKnown then error("unknown event: " .. tostring(event), 2) end
  handlers[event] = handler and callable(handler, 2, "on")
end
events.wifi = function(event, ip, netmask, gateway)
  local name = NAMES[event]
  local handler = handlers[name]
  if not handler then return end
  local info = { ssid = "simulated", bssid = "02:00:00:00:00:01", channel = 1, reason = 8 }
  if name == "got_ip" then info = { ip = ip, netmask = netmask, gw = gateway } end
  handler(name, info)
end
