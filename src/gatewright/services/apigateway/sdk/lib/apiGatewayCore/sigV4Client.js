/* Gatewright's JavaScript SDK, Apache-2.0. Signs a request with AWS Signature Version 4, in the Authorization header, and sends it. */
(function () {
  'use strict';

  var apiGateway = (globalThis.apiGateway = globalThis.apiGateway || {});
  apiGateway.core = apiGateway.core || {};

  var ALGORITHM = 'AWS4-HMAC-SHA256';
  var TERMINATOR = 'aws4_request';

  function hmac(key, text) {
    return CryptoJS.HmacSHA256(text, key);
  }

  function signingKey(secretKey, date, region, service) {
    return hmac(hmac(hmac(hmac('AWS4' + secretKey, date), region), service), TERMINATOR);
  }

  /** Every segment is encoded once more: services other than S3 sign the encoded path encoded again. */
  function canonicalPath(path) {
    return path.split('/').map(apiGateway.core.utils.encode).join('/');
  }

  function canonicalHeader(name, value) {
    if (/[^\x20-\x7e]/.test(value)) {
      throw new Error("the header '" + name + "' has a character that cannot be signed");
    }
    return name + ':' + value.replace(/ +/g, ' ') + '\n';
  }

  /**
   * config: what simpleHttpClient takes, and {accessKey, secretKey, sessionToken, region, serviceName}
   * All headers that this SDK sets are signed. There is no x-amz-content-sha256 among them: the CORS headers of API Gateway's
   * console do not allow it, and the hash of the body is part of the signature anyway.
   */
  function newClient(config) {
    var http = apiGateway.core.simpleHttpClientFactory.newClient(config);
    var utils = apiGateway.core.utils;

    function sign(prepared, now) {
      var time = now.toISOString().replace(/[-:]|\.\d{3}/g, ''); // 20260102T030405Z
      var date = time.slice(0, 8);
      var own = [['x-amz-date', time]];
      if (config.sessionToken) own.push(['x-amz-security-token', config.sessionToken]);
      var headers = utils.mergeHeaders(utils.pairs(prepared.headers), own);
      delete headers.authorization;
      delete headers.host;

      var signed = utils.mergeHeaders(utils.pairs(headers), [['host', prepared.url.host]]);
      var names = Object.keys(signed).sort();
      var canonicalRequest = [
        prepared.verb,
        canonicalPath(prepared.path),
        prepared.query,
        names.map(function (name) { return canonicalHeader(name, signed[name]); }).join(''),
        names.join(';'),
        utils.sha256(prepared.bytes || new Uint8Array(0))
      ].join('\n');

      var scope = [date, config.region, config.serviceName, TERMINATOR].join('/');
      var stringToSign = [ALGORITHM, time, scope, CryptoJS.SHA256(canonicalRequest).toString()].join('\n');
      var signature = hmac(signingKey(config.secretKey, date, config.region, config.serviceName), stringToSign).toString();
      headers.authorization = ALGORITHM + ' Credential=' + config.accessKey + '/' + scope +
        ', SignedHeaders=' + names.join(';') + ', Signature=' + signature;
      prepared.headers = headers;
      return prepared;
    }

    function makeRequest(request) {
      return new Promise(function (resolve) { resolve(http.send(sign(http.prepare(request), new Date()))); });
    }

    return { makeRequest: makeRequest, sign: sign };
  }

  apiGateway.core.sigV4ClientFactory = { newClient: newClient };
}());
