/* Gatewright's JavaScript SDK, Apache-2.0. What the clients of this folder share: checking and placing parameters, encoding, hashing. */
(function () {
  'use strict';

  var apiGateway = (globalThis.apiGateway = globalThis.apiGateway || {});
  apiGateway.core = apiGateway.core || {};

  function has(object, name) {
    return object !== undefined && object !== null && Object.prototype.hasOwnProperty.call(object, name);
  }

  function given(object, name) {
    return has(object, name) && object[name] !== undefined && object[name] !== null;
  }

  /** Percent-encode everything but RFC 3986's unreserved characters, as Signature Version 4 wants it. */
  function encode(text) {
    return encodeURIComponent(text).replace(/[!'()*]/g, function (character) {
      return '%' + character.charCodeAt(0).toString(16).toUpperCase();
    });
  }

  /** The named parameters that the caller gave, as [name, value] pairs; what was not declared for this place is not sent in it. */
  function pick(params, names) {
    return names
      .filter(function (name) { return given(params, name); })
      .map(function (name) { return [name, params[name]]; });
  }

  function pairs(object) {
    return pick(object, Object.keys(object || {}));
  }

  /** Fail with a sentence that names what is missing, before anything is sent. */
  function assertParametersDefined(params, names, method) {
    names.forEach(function (name) {
      if (!given(params, name) || params[name] === '') {
        throw new Error(method + " needs the parameter '" + name + "'");
      }
    });
  }

  /** One path variable's value. "." and ".." are refused: a browser would resolve them, and call another resource. */
  function pathValue(name, value, greedy) {
    var segments = greedy ? String(value).replace(/^\//, '').split('/') : [String(value)];
    segments.forEach(function (segment, index) {
      var isTrailingSlash = greedy && index > 0 && index === segments.length - 1;
      if (segment === '.' || segment === '..' || (segment === '' && !isTrailingSlash)) {
        throw new Error("the path parameter '" + name + "' must not have an empty, '.' or '..' segment");
      }
    });
    return greedy ? segments : segments[0];
  }

  /** Expand a path template. `variables`: [{name, variable, greedy}], where `variable` is the name inside the template. */
  function expandPath(template, variables, params) {
    var values = Object.create(null);
    variables.forEach(function (item) {
      values[item.variable] = pathValue(item.name, params[item.name], item.greedy);
    });
    return uritemplate(template).expand(values);
  }

  /** Encoded query string without "?", sorted by encoded name, then encoded value: the order that is signed is the order that is sent. */
  function queryString(queryPairs) {
    var encoded = [];
    queryPairs.forEach(function (pair) {
      (Array.isArray(pair[1]) ? pair[1] : [pair[1]]).forEach(function (value) {
        encoded.push([encode(pair[0]), encode(value)]);
      });
    });
    encoded.sort(function (one, other) {
      var index = one[0] === other[0] ? 1 : 0;
      return one[index] < other[index] ? -1 : one[index] > other[index] ? 1 : 0;
    });
    return encoded.map(function (pair) { return pair[0] + '=' + pair[1]; }).join('&');
  }

  /** Headers by lower-case name; a later one replaces an earlier one, whatever its case. */
  function mergeHeaders() {
    var merged = Object.create(null);
    Array.prototype.forEach.call(arguments, function (headerPairs) {
      headerPairs.forEach(function (pair) {
        merged[pair[0].toLowerCase()] = String(pair[1]).trim();
      });
    });
    return merged;
  }

  function isPlainEmpty(body) {
    var prototype = Object.getPrototypeOf(body);
    return (prototype === Object.prototype || prototype === null) && Object.keys(body).length === 0;
  }

  /** The body's bytes, or undefined where none is sent. Objects become JSON; an empty one means "no body", as callers pass `{}` for it. */
  function bodyBytes(verb, body) {
    if (verb === 'GET' || verb === 'HEAD') return undefined; // browsers drop it
    if (body === undefined || body === null || body === '') return undefined;
    if (body instanceof ArrayBuffer) return new Uint8Array(body);
    if (ArrayBuffer.isView(body)) return new Uint8Array(body.buffer, body.byteOffset, body.byteLength);
    if (typeof body !== 'string') {
      ['Blob', 'FormData', 'ReadableStream'].forEach(function (name) {
        if (typeof globalThis[name] === 'function' && body instanceof globalThis[name]) {
          throw new Error('a ' + name + ' cannot be sent: pass a string, an ArrayBuffer or an object');
        }
      });
      if (typeof body === 'object' && isPlainEmpty(body)) return undefined;
      body = body instanceof URLSearchParams ? body.toString() : JSON.stringify(body);
    }
    return new TextEncoder().encode(body);
  }

  /** Hexadecimal SHA-256 of bytes. */
  function sha256(bytes) {
    var words = [];
    for (var index = 0; index < bytes.length; index += 1) {
      words[index >>> 2] |= bytes[index] << (24 - (index % 4) * 8);
    }
    return CryptoJS.SHA256(CryptoJS.lib.WordArray.create(words, bytes.length)).toString();
  }

  apiGateway.core.utils = {
    assertParametersDefined: assertParametersDefined,
    bodyBytes: bodyBytes,
    encode: encode,
    expandPath: expandPath,
    mergeHeaders: mergeHeaders,
    pairs: pairs,
    pick: pick,
    queryString: queryString,
    sha256: sha256
  };
}());
