#!/usr/bin/env node
// Stands in for mongosh, mongodump and mongorestore: keeps databases in a file, and refuses what the server refuses.
const fs = require("fs");
const path = require("path");
const state = () => JSON.parse(fs.readFileSync(process.env.STATE, "utf8"));
const keep = (all) => fs.writeFileSync(process.env.STATE, JSON.stringify(all));
const option = (name) => process.argv.find((word) => word.startsWith(name + "="))?.slice(name.length + 1);

class Database {
  constructor(name) { this.name = name; }
  auth() {}
  getSiblingDB(name) { return new Database(name); }
  list() { return state()[this.name] || []; }
  change(list) { const all = state(); all[this.name] = list; keep(all); return { ok: 1 }; }
  getCollectionInfos() { return this.list(); }
  getCollectionNames() { return this.list().map((one) => one.name); }
  getCollection(name) { return { drop: () => this.change(this.list().filter((one) => one.name !== name)) }; }
  dropDatabase() { return this.change([]); }
  runCommand(command) {
    if (command.create) {
      if (this.getCollectionNames().includes(command.create)) throw new Error("NamespaceExists");
      const { create, ...options } = command;
      return this.change([...this.list(), { name: create, type: "view", options }]);
    }
    const [from, to] = [command.renameCollection, command.to].map((one) => {
      const dot = one.indexOf(".");
      return { database: new Database(one.slice(0, dot)), name: one.slice(dot + 1) };
    });
    const source = from.database.list().find((one) => one.name === from.name);
    const target = to.database.list().find((one) => one.name === to.name);
    if (from.name.startsWith("system.")) throw new Error("IllegalOperation");
    if (source.type !== "collection") throw new Error("CommandNotSupportedOnView");
    if (target && target.type !== "collection") throw new Error("CommandNotSupportedOnView");
    from.database.getCollection(from.name).drop();
    to.database.getCollection(to.name).drop();
    return to.database.change([...to.database.list(), { ...source, name: to.name }]);
  }
}

class Mongo {
  getDB(name) { return new Database(name); }
}

const name = process.env.MONGO_DATABASE;
switch (path.basename(process.argv[1])) {
  case "mongodump":
    fs.writeFileSync(option("--archive"), require("zlib").gzipSync(JSON.stringify(state()[name])));
    break;
  case "mongorestore":
    keep({ ...state(), [name + "_new"]: JSON.parse(require("zlib").gunzipSync(fs.readFileSync(option("--archive")))) });
    break;
  default:
    new Function("Mongo", "fs", "print", process.argv[process.argv.indexOf("--eval") + 1])(Mongo, fs, console.log);
}
