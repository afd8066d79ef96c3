/*
 * Gatewright's sigV4Client.js, Apache-2.0: signs requests to API Gateway with AWS Signature Version 4. One file, no dependencies.
 *
 *   var signed = sigV4Client
 *     .newClient({ accessKey, secretKey, sessionToken, region, endpoint })   // endpoint: 'https://host[:port]/stage'
 *     .signRequest({ method, path, headers, queryParams, body });
 *   fetch(signed.url, { method, headers: signed.headers, body: signed.body, redirect: 'error' });
 *
 * sigV4Client.js: <script src>, which makes the global `sigV4Client`, or require() in Node. sigV4Client.mjs is the same as an ES
 * module: `import sigV4Client from './sigV4Client.mjs'`. It waits for nothing and needs no crypto.subtle, which pages without https
 * do not have.
 *
 * What is signed is what fetch sends; what a browser would change on the way is refused with an Error before anything is sent.
 * An API's answer must not lead elsewhere: fetch would take the session token along, hence `redirect: 'error'`.
 * AWS: IAM user guide, "Create a signed AWS API request".
 */
(function (root, factory) {
  'use strict';
  if (typeof module === 'object' && module.exports) module.exports = factory();
  else root.sigV4Client = factory();
}(globalThis, function () {
  'use strict';

  var ALGORITHM = 'AWS4-HMAC-SHA256';
  var TERMINATOR = 'aws4_request';
  // Sent but not signed: browsers, fetch and proxies write these anew.
  var NOT_SIGNED = ['connection', 'expect', 'te', 'transfer-encoding', 'upgrade', 'user-agent', 'x-amzn-trace-id'];
  var ENCODER = new TextEncoder();

  /* SHA-256 (FIPS 180-4) and HMAC (RFC 2104), on bytes. */

  function rotate(word, bits) { return (word >>> bits) | (word << (32 - bits)); }

  /** The first 32 bits of the fractional parts of the square (power 1/2) or cube roots (1/3) of the first primes. */
  function fractions(count, power) {
    var words = [];
    for (var number = 2; words.length < count; number += 1) {
      var prime = true;
      for (var divisor = 2; divisor * divisor <= number; divisor += 1) if (number % divisor === 0) prime = false;
      if (prime) words.push((Math.pow(number, power) % 1) * 4294967296 | 0);
    }
    return words;
  }

  var INITIAL = fractions(8, 1 / 2);
  var ROUNDS = fractions(64, 1 / 3);

  function compress(state, view, offset) {
    var schedule = new Int32Array(64);
    for (var i = 0; i < 64; i += 1) {
      if (i < 16) { schedule[i] = view.getInt32(offset + i * 4); continue; }
      var early = schedule[i - 15];
      var late = schedule[i - 2];
      schedule[i] = schedule[i - 16] + (rotate(early, 7) ^ rotate(early, 18) ^ (early >>> 3)) +
        schedule[i - 7] + (rotate(late, 17) ^ rotate(late, 19) ^ (late >>> 10));
    }
    var a = state[0], b = state[1], c = state[2], d = state[3], e = state[4], f = state[5], g = state[6], h = state[7];
    for (var round = 0; round < 64; round += 1) {
      var first = (h + (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) + ((e & f) ^ (~e & g)) + ROUNDS[round] + schedule[round]) | 0;
      var second = ((rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      h = g; g = f; f = e; e = (d + first) | 0; d = c; c = b; b = a; a = (first + second) | 0;
    }
    [a, b, c, d, e, f, g, h].forEach(function (word, index) { state[index] = (state[index] + word) | 0; });
  }

  function sha256(bytes) {
    var blocks = Math.ceil((bytes.length + 9) / 64);
    var padded = new Uint8Array(blocks * 64);
    padded.set(bytes);
    padded[bytes.length] = 0x80;
    var view = new DataView(padded.buffer);
    view.setUint32(padded.length - 8, Math.floor(bytes.length / 0x20000000));
    view.setUint32(padded.length - 4, (bytes.length << 3) >>> 0);
    var state = INITIAL.slice();
    for (var block = 0; block < blocks; block += 1) compress(state, view, block * 64);
    var digest = new DataView(new ArrayBuffer(32));
    state.forEach(function (word, index) { digest.setInt32(index * 4, word); });
    return new Uint8Array(digest.buffer);
  }

  function hmac(key, bytes) {
    var block = new Uint8Array(64);
    block.set(key.length > 64 ? sha256(key) : key);
    function keyed(pad, content) {
      var joined = new Uint8Array(64 + content.length);
      joined.set(block.map(function (byte) { return byte ^ pad; }));
      joined.set(content, 64);
      return sha256(joined);
    }
    return keyed(0x5c, keyed(0x36, bytes));
  }

  function hex(bytes) {
    return Array.from(bytes, function (byte) { return (byte + 256).toString(16).slice(1); }).join('');
  }

  /* What will be sent. */

  function given(value) { return value !== undefined && value !== null; }

  /** Percent-encode everything but RFC 3986's unreserved characters. */
  function encode(text) {
    return encodeURIComponent(text).replace(/[!'()*]/g, function (character) {
      return '%' + character.charCodeAt(0).toString(16).toUpperCase();
    });
  }

  /** The query string in the order that is signed. A list is a parameter that comes several times; undefined and null are left out. */
  function queryString(queryParams) {
    var pairs = [];
    Object.keys(queryParams || {}).forEach(function (name) {
      [].concat(queryParams[name]).filter(given).forEach(function (value) { pairs.push([encode(name), encode(value)]); });
    });
    pairs.sort(function (one, other) {
      var index = one[0] === other[0] ? 1 : 0;
      return one[index] < other[index] ? -1 : one[index] > other[index] ? 1 : 0;
    });
    return pairs.map(function (pair) { return pair.join('='); }).join('&');
  }

  /** The address of a path below the endpoint. What is encoded stays as it is; a path that fetch would rewrite is refused. */
  function address(endpoint, path, query) {
    var base = new URL(endpoint);
    if (base.search || base.hash) throw new Error('an endpoint has no query: it is the address of a stage');
    path = given(path) ? String(path) : '';
    if (/[?#]/.test(path)) throw new Error('a path has no query: pass queryParams (and write %3F or %23 for ? or # in a name)');
    if (path && path[0] !== '/') path = '/' + path;
    var sent = base.pathname.replace(/\/+$/, '') + path.replace(/[^\w\-.~!$&'()*+,;=:@%/]+/g, encodeURIComponent) || '/';
    var url = new URL(base.origin + sent + (query ? '?' + query : ''));
    if (url.pathname !== sent) throw new Error("the path '" + path + "' is not sent as it stands: it has a '.' or '..' segment");
    return url;
  }

  /** The headers by lower-case name, as {name, value}: the caller's replace ours, and null takes one away. */
  function collect(defaults, headers) {
    var found = Object.create(null);
    [defaults, headers || {}].forEach(function (source) {
      Object.keys(source).forEach(function (name) {
        var value = source[name];
        if (given(value) && /[^\x20-\x7e]/.test(String(value).trim())) {
          throw new Error("the header '" + name + "' has a character that cannot be signed");
        }
        if (given(value)) found[name.toLowerCase()] = { name: name, value: String(value).trim() };
        else delete found[name.toLowerCase()];
      });
    });
    ['authorization', 'host', 'x-amz-date', 'x-amz-security-token'].forEach(function (name) { delete found[name]; });
    return found;
  }

  /** The body as it is sent: bytes as they stand, everything else as JSON, and none with GET and HEAD, where fetch sends none. */
  function payload(method, body) {
    if (method === 'GET' || method === 'HEAD' || !given(body) || body === '') return undefined;
    if (body instanceof ArrayBuffer) return new Uint8Array(body);
    if (ArrayBuffer.isView(body)) return new Uint8Array(body.buffer, body.byteOffset, body.byteLength);
    var kind = Object.prototype.toString.call(body).slice(8, -1);
    if (['Blob', 'File', 'FormData', 'ReadableStream', 'URLSearchParams'].indexOf(kind) >= 0) {
      throw new Error('a ' + kind + ' is no JSON: pass its bytes, and its content-type');
    }
    return JSON.stringify(body);
  }

  /* The signature. */

  function canonicalRequest(method, url, query, signed, content) {
    var names = Object.keys(signed).sort();
    return [
      method,
      // Encoded once more, as services other than S3 sign it, without empty segments.
      url.pathname.replace(/\/+/g, '/').split('/').map(encode).join('/'),
      query,
      names.map(function (name) { return name + ':' + signed[name].replace(/ +/g, ' ') + '\n'; }).join(''),
      names.join(';'),
      hex(sha256(typeof content === 'string' ? ENCODER.encode(content) : content || new Uint8Array(0)))
    ].join('\n');
  }

  function authorization(config, time, canonical, names) {
    var scope = [time.slice(0, 8), config.region, config.serviceName, TERMINATOR];
    var toSign = [ALGORITHM, time, scope.join('/'), hex(sha256(ENCODER.encode(canonical)))].join('\n');
    var key = scope.reduce(function (derived, part) { return hmac(derived, ENCODER.encode(part)); },
      ENCODER.encode('AWS4' + config.secretKey));
    return ALGORITHM + ' Credential=' + config.accessKey + '/' + scope.join('/') + ', SignedHeaders=' + names.join(';') +
      ', Signature=' + hex(hmac(key, ENCODER.encode(toSign)));
  }

  /**
   * config: {accessKey, secretKey, endpoint}, and as wanted {sessionToken, region: 'us-east-1', serviceName: 'execute-api',
   * defaultAcceptType, defaultContentType: 'application/json'}
   */
  function newClient(config) {
    config = Object.assign({ region: 'us-east-1', serviceName: 'execute-api' }, config);
    ['accessKey', 'secretKey', 'endpoint', 'region'].forEach(function (name) {
      if (!config[name]) throw new Error("sigV4Client.newClient needs '" + name + "'");
    });

    /**
     * request: {method: 'GET', path, headers, queryParams, body, date}; `date`, a Date, is now unless it is given.
     * Returns {url, headers, body}, all that fetch needs; `body` is the JSON, the bytes, or undefined.
     */
    function signRequest(request) {
      var method = (request.method || 'GET').toUpperCase();
      var content = payload(method, request.body);
      var query = queryString(request.queryParams);
      var url = address(config.endpoint, request.path, query);
      var time = (request.date || new Date()).toISOString().replace(/[-:]|\.\d{3}/g, ''); // 20260102T030405Z
      var found = collect({
        Accept: config.defaultAcceptType || 'application/json',
        'Content-Type': config.defaultContentType || 'application/json'
      }, request.headers);
      if (content === undefined) delete found['content-type'];
      found['x-amz-date'] = { name: 'x-amz-date', value: time };
      if (config.sessionToken) found['x-amz-security-token'] = { name: 'x-amz-security-token', value: config.sessionToken };

      var headers = {};
      var signed = { host: url.host };
      Object.keys(found).forEach(function (name) {
        headers[found[name].name] = found[name].value;
        if (NOT_SIGNED.indexOf(name) < 0) signed[name] = found[name].value;
      });
      var canonical = canonicalRequest(method, url, query, signed, content);
      headers.Authorization = authorization(config, time, canonical, Object.keys(signed).sort());
      return { url: url.href, headers: headers, body: content };
    }

    return { signRequest: signRequest };
  }

  return { newClient: newClient, sha256: sha256, hmac: hmac };
}));
