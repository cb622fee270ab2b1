// SPDX-License-Identifier: MIT
// `require("Wifi")` of the ESP boards: every network can be joined at once, and a test can take it
// away. While it is away open sockets are silent, as they are on a board until some timer ends them,
// new ones throw, and who joins is told that there is none, by an event and by the callback. It does not
// come back by itself: the firmware of ESP32 tries twice, and then no more.

const ADDRESS = { ip: "192.168.4.2", netmask: "255.255.255.0", gw: "192.168.4.1" };

/**
 * @param {ReturnType<typeof import("./events.mjs").createEvents>} events
 * @param {any} realm built-in objects of the context
 * @param {ReturnType<typeof import("./net.mjs").createNet>} net
 */
export function createWifi(events, realm, net) {
  const record = (fields) => Object.assign(new realm.Object(), fields);
  const state = {
    ssid: "",
    joined: false,
    away: false,
    deaf: false,
    tries: 0,
    hostname: "espruino",
  };
  const answer = (callback, ...args) => {
    if (typeof callback === "function") events.queueCalls(undefined, [callback], args);
  };
  const address = () => record({ ...(state.joined ? ADDRESS : {}), mac: "02:00:00:00:00:01" });

  function join() {
    state.joined = true;
    net.state.quiet = false;
    events.emit(module, "connected", address());
    events.wake();
  }

  function lose(reason, msg) {
    state.joined = false;
    const told = { ssid: state.ssid, mac: "02:00:00:00:00:02", reason, msg };
    events.emit(module, "disconnected", record(told));
  }

  const module = record({
    connect(ssid, options, callback) {
      if (typeof ssid !== "string") throw new realm.Error("No SSID provided");
      state.ssid = ssid;
      state.tries++;
      if (state.deaf) return;
      if (state.away) {
        lose("201", "NO_AP_FOUND");
        answer(typeof options === "function" ? options : callback, "NO_AP_FOUND");
        return;
      }
      join();
      answer(typeof options === "function" ? options : callback, null);
    },
    disconnect(callback) {
      net.state.quiet = true;
      if (state.joined) lose("8", "ASSOC_LEAVE");
      answer(callback);
    },
    getIP(callback) {
      answer(callback, null, address());
      return address();
    },
    getStatus: () => record({ station: state.joined ? "connected" : "off" }),
    getHostname: () => state.hostname,
    setHostname(name, callback) {
      state.hostname = name;
      answer(callback);
    },
    stopAP: answer,
    save() {},
  });

  return {
    module,
    /** `away`: there is no such network; `deaf`: nothing is told of joining; `tries`: calls of `connect`. */
    state,
    /**
     * Loses the network; with `reset` the sockets are gone at once too.
     * @param {{ reset?: boolean }} [how]
     */
    drop({ reset = false } = {}) {
      net.state.quiet = state.away = true;
      if (reset) net.drop(false);
      lose("200", "BEACON_TIMEOUT");
    },
    /** The network is back, without a call of the program, as after a short loss. */
    restore() {
      state.away = false;
      join();
    },
  };
}
