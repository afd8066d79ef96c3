// The page's own script: what the article describes, with two things that a reader fills in and one line that points the
// AWS SDK at Gatewright. A visitor who never signed in gets an identity, credentials for it, and calls the API with them.
function foo() {

  AWS.config.region = '[region]';
  AWS.config.endpoint = '[endpoint]'; // the one change: without it the SDK calls AWS

  var cognitoidentity = new AWS.CognitoIdentity();

  cognitoidentity.getId({ IdentityPoolId: '[identity-pool-id]' }, function (err, data) {
    if (err) { console.log(err, err.stack); return; }
    console.log('identity', data.IdentityId);

    cognitoidentity.getCredentialsForIdentity({ IdentityId: data.IdentityId }, function (err, data) {
      if (err) { console.log(err, err.stack); return; }

      var apigClient = apigClientFactory.newClient({
        accessKey: data.Credentials.AccessKeyId,
        secretKey: data.Credentials.SecretKey,
        sessionToken: data.Credentials.SessionToken,
        region: '[region]'
      });

      apigClient.demoGet({ foo: 'foo' }).then(function (result) {
        window.result = { status: result.status, data: result.data, requestId: result.headers['x-amzn-requestid'] || null };
        alert('Hello foo!');
      }).catch(function (result) {
        window.result = { status: result.status || null, data: result.data || null, message: result.message };
        alert('Oops foo!');
      });
    });
  });
}

foo();
