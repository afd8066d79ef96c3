// Runs one of `cognito_stories.js` in Node. In: a task as JSON on stdin. Out: what happened, as JSON.
const library = require("amazon-cognito-identity-js");
const { createHmac } = require("node:crypto");
const fs = require("node:fs");
const tellStory = require("./cognito_stories.js");

/** The library's storage, kept by the process. */
class Memory {
  constructor() {
    this.items = {};
  }
  setItem(key, value) {
    this.items[key] = value;
  }
  getItem(key) {
    return this.items[key] ?? null;
  }
  removeItem(key) {
    delete this.items[key];
  }
  clear() {
    this.items = {};
  }
}

/** The code that an authenticator app shows for a seed. */
function totp(secret, steps) {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  const bits = [...secret].map((c) => alphabet.indexOf(c).toString(2).padStart(5, "0")).join("");
  const seed = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30000) + steps));
  const digest = createHmac("sha1", seed).update(counter).digest();
  const offset = digest[19] & 15;
  return String((digest.readUInt32BE(offset) & 0x7fffffff) % 1000000).padStart(6, "0");
}

tellStory(library, totp, JSON.parse(fs.readFileSync(0, "utf8")), new Memory()).then((done) =>
  process.stdout.write(JSON.stringify(done)),
);
