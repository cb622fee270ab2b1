-- SPDX-License-Identifier: MIT
-- What NodeMCU's firmware has of `file` and `node`, as far as flashing uses it, over files in a table
-- and with room for so many octets; and its console, which runs lines. Runs on Lua 5.1 and 5.3. `say`
-- writes to the console.

local isNew = _VERSION ~= "Lua 5.1"
local load = loadstring or load
local files, room, chip, wear = {}, 0, nil, nil
local modules = {}

function print(...)
  local line = ""
  for at = 1, select("#", ...) do
    line = line .. (at > 1 and "\t" or "") .. tostring((select(at, ...)))
  end
  say(line .. "\n")
end

local function used()
  local sum = 0
  for _, content in pairs(files) do sum = sum + #content end
  return sum
end

file = {}
function file.list()
  local sizes = {}
  for name, content in pairs(files) do sizes[name] = #content end
  return sizes
end
function file.fsinfo() return room - used(), used(), room end
function file.remove(name) files[name] = nil end
function file.rename(from, to)
  -- SPIFFS takes no name that is there.
  if not files[from] or files[to] then return false end
  files[to], files[from] = files[from], nil
  return true
end
function file.open(name, mode)
  if #name > 31 then return nil end
  local at = 0
  if mode == "w+" then files[name] = "" elseif not files[name] then return nil end
  return {
    write = function(_, content)
      if used() + #content > room then return nil end
      files[name] = files[name] .. content
      return true
    end,
    read = function(_, count)
      local piece = string.sub(files[name], at + 1, at + count)
      at = at + #piece
      if #piece > 0 then return piece end
    end,
    close = function() if wear and files[name] then files[name] = wear(name, files[name]) end end,
  }
end

node = { LFS = {} }
function node.compile(name)
  local chunk, problem = load(files[name], "@" .. name)
  if not chunk then error(problem, 0) end
  files[string.gsub(name, "%.lua$", ".lc")] = string.dump(chunk)
end
-- An image is the names of its modules here.
function node.LFS.reload(name)
  local image = files[name]
  if not string.find(image, "^LFS") then return "Invalid LFS image" end
  modules = {}
  for module in string.gmatch(image, "%s([%w-]+)") do modules[#modules + 1] = module end
  node.restart()
end
function node.LFS.list() return #modules > 0 and modules or nil end
function node.LFS.get(name)
  for _, module in ipairs(modules) do
    if module == name then return function() print("module " .. name .. " from LFS") end end
  end
end
wifi = {}

function dofile(name)
  local chunk, problem = load(files[name], "@" .. name)
  if not chunk then error(problem, 0) end
  return chunk()
end
local loaded = {}
package = { preload = {} }
function require(name)
  if loaded[name] then return loaded[name] end
  local content = files[name .. ".lc"] or files[name .. ".lua"]
  local loader = package.preload[name] or content and load(content, "@" .. name)
  if not loader then error("module '" .. name .. "' not found", 0) end
  loaded[name] = loader(name) or true
  return loaded[name]
end

-- A start: nothing of what was there before but the files.
local kept = {}
for name in pairs(_G) do kept[name] = true end
kept.kept, kept.say = true, true
local begun = ""
function __start(restarts)
  for name in pairs(_G) do if not kept[name] then _G[name] = nil end end
  loaded, package.preload, begun = {}, {}, ""
  node.restart = restarts
  say("\n\nNodeMCU 3.0.0.0 \n")
  if files["init.lua"] then
    local ok, problem = pcall(dofile, "init.lua")
    if not ok then say(problem .. "\n") end
  end
  say("> ")
end

-- A line of the console, which may be the beginning of a statement.
function __line(line)
  begun = begun .. line
  local chunk, problem = load(begun, "=stdin")
  if not chunk and string.find(problem, "<eof>", 1, true) then
    begun = begun .. "\n"
    say(">> ")
    return
  end
  begun = ""
  if chunk then
    local ok, what = pcall(chunk)
    if not ok then say(tostring(what) .. "\n") end
  else
    say(problem .. "\n")
  end
  say("> ")
end

function __setup(octets, model, worn)
  room, wear = octets, worn
  if model then node.chipmodel = function() return model end; wifi.start = function() end end
end
function __put(name, content) files[name] = content end
function __get(name) return files[name] end
function __names()
  local names = {}
  for name in pairs(files) do names[#names + 1] = name end
  table.sort(names)
  return table.concat(names, "\n")
end
kept.__start, kept.__line, kept.__setup, kept.__put, kept.__get, kept.__names =
  true, true, true, true, true, true
