/* Gatewright's JavaScript SDK, Apache-2.0. Sends a request as it stands; the signing client sends through it too. */
(function () {
  'use strict';

  var apiGateway = (globalThis.apiGateway = globalThis.apiGateway || {});
  apiGateway.core = apiGateway.core || {};

  /** Give a refusal the members of an answer, so that `catch` can read `status`, `data` and `headers` from it directly. */
  function legible(error) {
    if (error && error.response) {
      ['status', 'statusText', 'data', 'headers'].forEach(function (name) { error[name] = error.response[name]; });
    }
    throw error;
  }

  /**
   * config: {endpoint: 'https://host[:port]', defaultContentType, defaultAcceptType}
   * A request: {verb, path (encoded), query: [[name, value]], headers: [[name, value]], body}
   */
  function newClient(config) {
    var utils = apiGateway.core.utils;

    /** What will be sent, exactly: the signing client signs this, and nothing changes it afterwards. */
    function prepare(request) {
      var query = utils.queryString(request.query);
      var url = new URL(config.endpoint + request.path + (query ? '?' + query : ''));
      if (url.pathname !== (request.path || '/')) {
        throw new Error('the path ' + request.path + ' is not one that a browser sends unchanged');
      }
      var bytes = utils.bodyBytes(request.verb, request.body);
      var headers = utils.mergeHeaders([['accept', config.defaultAcceptType], ['content-type', config.defaultContentType]], request.headers);
      if (bytes === undefined) delete headers['content-type'];
      return { verb: request.verb, url: url, path: url.pathname, query: query, headers: headers, bytes: bytes };
    }

    function send(prepared) {
      return axios({
        method: prepared.verb,
        url: prepared.url.href,
        // false: axios must not add a content type of its own, which would neither be signed nor true
        headers: Object.assign({ 'content-type': false }, prepared.headers),
        data: prepared.bytes,
        transformRequest: [function (data) { return data; }], // the signed bytes are the sent bytes
        withXSRFToken: false
      }).catch(legible);
    }

    function makeRequest(request) {
      return new Promise(function (resolve) { resolve(send(prepare(request))); });
    }

    return { makeRequest: makeRequest, prepare: prepare, send: send };
  }

  apiGateway.core.simpleHttpClientFactory = { newClient: newClient };
}());
