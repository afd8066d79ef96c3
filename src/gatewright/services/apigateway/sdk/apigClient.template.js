/* Made by Gatewright's GetSdk. One function for each resource and verb of the deployed stage; README.md lists them. */
(function () {
  'use strict';

  var DESCRIPTION = __DESCRIPTION__;

  function credentialsGiven(config) {
    if (Boolean(config.accessKey) !== Boolean(config.secretKey)) {
      throw new Error('accessKey and secretKey must be given together');
    }
    return Boolean(config.accessKey);
  }

  /**
   * config, all optional: {accessKey, secretKey, sessionToken, region, apiKey, defaultContentType, defaultAcceptType, invokeUrl}
   * With accessKey and secretKey every request is signed; with apiKey every request carries it in x-api-key.
   */
  function newClient(config) {
    config = config || {};
    var utils = apiGateway.core.utils;
    var invokeUrl = new URL(config.invokeUrl || DESCRIPTION.invokeUrl);
    var endpoint = invokeUrl.origin;
    var pathComponent = invokeUrl.pathname.replace(/\/+$/, '');
    var authType = credentialsGiven(config) ? 'AWS_IAM' : 'NONE';

    var client = apiGateway.core.apiGatewayClientFactory.newClient({
      endpoint: endpoint,
      defaultContentType: config.defaultContentType || 'application/json',
      defaultAcceptType: config.defaultAcceptType || 'application/json'
    }, {
      accessKey: config.accessKey,
      secretKey: config.secretKey,
      sessionToken: config.sessionToken,
      region: config.region || DESCRIPTION.region,
      serviceName: 'execute-api'
    });

    function call(method, params, body, additionalParams) {
      return new Promise(function (resolve) {
        utils.assertParametersDefined(params, method.required, method.name);
        resolve(client.makeRequest({
          verb: method.verb,
          path: pathComponent + utils.expandPath(method.path, method.variables, params),
          headers: utils.pick(params, method.headers),
          query: utils.pick(params, method.query),
          body: body
        }, authType, additionalParams, config.apiKey));
      });
    }

    var apigClient = {};
    DESCRIPTION.methods.forEach(function (method) {
      apigClient[method.name] = function (params, body, additionalParams) {
        return call(method, params, body, additionalParams);
      };
    });
    return apigClient;
  }

  globalThis.apigClientFactory = { newClient: newClient };
}());
