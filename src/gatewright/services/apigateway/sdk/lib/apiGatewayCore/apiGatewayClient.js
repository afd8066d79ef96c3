/* Gatewright's JavaScript SDK, Apache-2.0. Completes a request with what the caller adds to it, and chooses the client that sends it. */
(function () {
  'use strict';

  var apiGateway = (globalThis.apiGateway = globalThis.apiGateway || {});
  apiGateway.core = apiGateway.core || {};

  function newClient(simpleHttpClientConfig, sigV4ClientConfig) {
    var utils = apiGateway.core.utils;
    var clients = {
      NONE: apiGateway.core.simpleHttpClientFactory.newClient(simpleHttpClientConfig),
      AWS_IAM: apiGateway.core.sigV4ClientFactory.newClient(Object.assign({}, simpleHttpClientConfig, sigV4ClientConfig))
    };

    /** additionalParams: {headers: {}, queryParams: {}}, sent besides the declared parameters. */
    function makeRequest(request, authType, additionalParams, apiKey) {
      var additional = additionalParams || {};
      var key = apiKey ? [['x-api-key', apiKey]] : [];
      return clients[authType].makeRequest({
        verb: request.verb,
        path: request.path,
        query: request.query.concat(utils.pairs(additional.queryParams)),
        headers: request.headers.concat(key, utils.pairs(additional.headers)),
        body: request.body
      });
    }

    return { makeRequest: makeRequest };
  }

  apiGateway.core.apiGatewayClientFactory = { newClient: newClient };
}());
