export const id = 358;
export const ids = [358,977];
export const modules = {

/***/ 977:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   fromSSO: () => (/* binding */ fromSSO)
/* harmony export */ });
/* unused harmony exports isSsoProfile, validateSsoProfile */
/* harmony import */ var _chunk_3ADHVSBR_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(4674);
/* harmony import */ var _chunk_7XRMQAUC_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(1789);
/* harmony import */ var _chunk_YTPGZRLK_js__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(6236);
/* harmony import */ var node_fs__WEBPACK_IMPORTED_MODULE_3__ = __webpack_require__(3024);




// node_modules/@aws-sdk/credential-provider-sso/dist-es/isSsoProfile.js
var isSsoProfile = (arg) => arg && (typeof arg.sso_start_url == "string" || typeof arg.sso_account_id == "string" || typeof arg.sso_session == "string" || typeof arg.sso_region == "string" || typeof arg.sso_role_name == "string");

// node_modules/@aws-sdk/token-providers/dist-es/constants.js
var REFRESH_MESSAGE = "To refresh this SSO session run 'aws sso login' with the corresponding profile.";

// node_modules/@aws-sdk/token-providers/dist-es/getSsoOidcClient.js
var getSsoOidcClient = async (ssoRegion, init = {}, callerClientConfig) => {
  let { SSOOIDCClient } = await Promise.all(/* import() */[__webpack_require__.e(663), __webpack_require__.e(709)]).then(__webpack_require__.bind(__webpack_require__, 3709)), coalesce = (prop) => init.clientConfig?.[prop] ?? init.parentClientConfig?.[prop] ?? callerClientConfig?.[prop];
  return new SSOOIDCClient(Object.assign({}, init.clientConfig ?? {}, {
    region: ssoRegion ?? init.clientConfig?.region,
    logger: coalesce("logger"),
    userAgentAppId: coalesce("userAgentAppId")
  }));
};

// node_modules/@aws-sdk/token-providers/dist-es/getNewSsoOidcToken.js
var getNewSsoOidcToken = async (ssoToken, ssoRegion, init = {}, callerClientConfig) => {
  let { CreateTokenCommand } = await Promise.all(/* import() */[__webpack_require__.e(663), __webpack_require__.e(709)]).then(__webpack_require__.bind(__webpack_require__, 3709));
  return (await getSsoOidcClient(ssoRegion, init, callerClientConfig)).send(new CreateTokenCommand({
    clientId: ssoToken.clientId,
    clientSecret: ssoToken.clientSecret,
    refreshToken: ssoToken.refreshToken,
    grantType: "refresh_token"
  }));
};

// node_modules/@aws-sdk/token-providers/dist-es/validateTokenExpiry.js
var validateTokenExpiry = (token) => {
  if (token.expiration && token.expiration.getTime() < Date.now())
    throw new _chunk_7XRMQAUC_js__WEBPACK_IMPORTED_MODULE_1__/* .TokenProviderError */ .Jh(`Token is expired. ${REFRESH_MESSAGE}`, !1);
};

// node_modules/@aws-sdk/token-providers/dist-es/validateTokenKey.js
var validateTokenKey = (key, value, forRefresh = !1) => {
  if (typeof value > "u")
    throw new _chunk_7XRMQAUC_js__WEBPACK_IMPORTED_MODULE_1__/* .TokenProviderError */ .Jh(`Value not present for '${key}' in SSO Token${forRefresh ? ". Cannot refresh" : ""}. ${REFRESH_MESSAGE}`, !1);
};

// node_modules/@aws-sdk/token-providers/dist-es/writeSSOTokenToFile.js

var { writeFile } = node_fs__WEBPACK_IMPORTED_MODULE_3__.promises, writeSSOTokenToFile = (id, ssoToken) => {
  let tokenFilepath = (0,_chunk_7XRMQAUC_js__WEBPACK_IMPORTED_MODULE_1__/* .getSSOTokenFilepath */ .C9)(id), tokenString = JSON.stringify(ssoToken, null, 2);
  return writeFile(tokenFilepath, tokenString);
};

// node_modules/@aws-sdk/token-providers/dist-es/fromSso.js
var lastRefreshAttemptTimes = /* @__PURE__ */ new Map(), inFlightRefreshes = /* @__PURE__ */ new Map(), fromSso = (init = {}) => async ({ callerClientConfig } = {}) => {
  init.logger?.debug("@aws-sdk/token-providers - fromSso");
  let profiles = await (0,_chunk_7XRMQAUC_js__WEBPACK_IMPORTED_MODULE_1__/* .parseKnownFiles */ .YU)(init), profileName = (0,_chunk_7XRMQAUC_js__WEBPACK_IMPORTED_MODULE_1__/* .getProfileName */ .Bz)({
    profile: init.profile ?? callerClientConfig?.profile
  }), profile = profiles[profileName];
  if (profile) {
    if (!profile.sso_session)
      throw new _chunk_7XRMQAUC_js__WEBPACK_IMPORTED_MODULE_1__/* .TokenProviderError */ .Jh(`Profile '${profileName}' is missing required property 'sso_session'.`);
  } else throw new _chunk_7XRMQAUC_js__WEBPACK_IMPORTED_MODULE_1__/* .TokenProviderError */ .Jh(`Profile '${profileName}' could not be found in shared credentials file.`, !1);
  let ssoSessionName = profile.sso_session, inFlightRefresh = inFlightRefreshes.get(ssoSessionName);
  if (inFlightRefresh)
    return await inFlightRefresh;
  let ssoSession = (await (0,_chunk_7XRMQAUC_js__WEBPACK_IMPORTED_MODULE_1__/* .loadSsoSessionData */ .qw)(init))[ssoSessionName];
  if (!ssoSession)
    throw new _chunk_7XRMQAUC_js__WEBPACK_IMPORTED_MODULE_1__/* .TokenProviderError */ .Jh(`Sso session '${ssoSessionName}' could not be found in shared credentials file.`, !1);
  for (let ssoSessionRequiredKey of ["sso_start_url", "sso_region"])
    if (!ssoSession[ssoSessionRequiredKey])
      throw new _chunk_7XRMQAUC_js__WEBPACK_IMPORTED_MODULE_1__/* .TokenProviderError */ .Jh(`Sso session '${ssoSessionName}' is missing required property '${ssoSessionRequiredKey}'.`, !1);
  let ssoStartUrl = ssoSession.sso_start_url, ssoRegion = ssoSession.sso_region, ssoToken;
  try {
    ssoToken = await (0,_chunk_7XRMQAUC_js__WEBPACK_IMPORTED_MODULE_1__/* .getSSOTokenFromFile */ .vf)(ssoSessionName);
  } catch {
    throw new _chunk_7XRMQAUC_js__WEBPACK_IMPORTED_MODULE_1__/* .TokenProviderError */ .Jh(`The SSO session token associated with profile=${profileName} was not found or is invalid. ${REFRESH_MESSAGE}`, !1);
  }
  validateTokenKey("accessToken", ssoToken.accessToken), validateTokenKey("expiresAt", ssoToken.expiresAt);
  let { accessToken, expiresAt } = ssoToken, existingToken = {
    token: accessToken,
    expiration: new Date(expiresAt)
  };
  if (existingToken.expiration.getTime() - Date.now() > 3e5)
    return existingToken;
  let inFlightRefreshAfterReadingToken = inFlightRefreshes.get(ssoSessionName);
  if (inFlightRefreshAfterReadingToken)
    return await inFlightRefreshAfterReadingToken;
  let lastRefreshAttemptTime = lastRefreshAttemptTimes.get(ssoSessionName) ?? 0;
  if (Date.now() - lastRefreshAttemptTime < 30 * 1e3)
    return validateTokenExpiry(existingToken), existingToken;
  validateTokenKey("clientId", ssoToken.clientId, !0), validateTokenKey("clientSecret", ssoToken.clientSecret, !0), validateTokenKey("refreshToken", ssoToken.refreshToken, !0);
  let refresh = (async () => {
    try {
      lastRefreshAttemptTimes.set(ssoSessionName, Date.now());
      let newSsoOidcToken = await getNewSsoOidcToken(ssoToken, ssoRegion, init, callerClientConfig);
      validateTokenKey("accessToken", newSsoOidcToken.accessToken), validateTokenKey("expiresIn", newSsoOidcToken.expiresIn);
      let newTokenExpiration = new Date(Date.now() + newSsoOidcToken.expiresIn * 1e3);
      try {
        await writeSSOTokenToFile(ssoSessionName, {
          ...ssoToken,
          accessToken: newSsoOidcToken.accessToken,
          expiresAt: newTokenExpiration.toISOString(),
          refreshToken: newSsoOidcToken.refreshToken
        });
      } catch {
      }
      return {
        token: newSsoOidcToken.accessToken,
        expiration: newTokenExpiration
      };
    } catch {
      return validateTokenExpiry(existingToken), existingToken;
    }
  })();
  inFlightRefreshes.set(ssoSessionName, refresh);
  try {
    return await refresh;
  } finally {
    inFlightRefreshes.delete(ssoSessionName);
  }
};

// node_modules/@aws-sdk/credential-provider-sso/dist-es/resolveSSOCredentials.js
var SHOULD_FAIL_CREDENTIAL_CHAIN = !1, resolveSSOCredentials = async ({ ssoStartUrl, ssoSession, ssoAccountId, ssoRegion, ssoRoleName, ssoClient, clientConfig, parentClientConfig, callerClientConfig, profile, filepath, configFilepath, ignoreCache, logger }) => {
  let token, refreshMessage = "To refresh this SSO session run aws sso login with the corresponding profile.";
  if (ssoSession)
    try {
      let _token = await fromSso({
        profile,
        filepath,
        configFilepath,
        ignoreCache,
        clientConfig,
        parentClientConfig,
        logger
      })({ callerClientConfig });
      token = {
        accessToken: _token.token,
        expiresAt: new Date(_token.expiration).toISOString()
      };
    } catch (e) {
      throw new _chunk_7XRMQAUC_js__WEBPACK_IMPORTED_MODULE_1__/* .CredentialsProviderError */ .C1(e.message, {
        tryNextLink: SHOULD_FAIL_CREDENTIAL_CHAIN,
        logger
      });
    }
  else
    try {
      token = await (0,_chunk_7XRMQAUC_js__WEBPACK_IMPORTED_MODULE_1__/* .getSSOTokenFromFile */ .vf)(ssoStartUrl);
    } catch {
      throw new _chunk_7XRMQAUC_js__WEBPACK_IMPORTED_MODULE_1__/* .CredentialsProviderError */ .C1(`The SSO session associated with this profile is invalid. ${refreshMessage}`, {
        tryNextLink: SHOULD_FAIL_CREDENTIAL_CHAIN,
        logger
      });
    }
  if (new Date(token.expiresAt).getTime() - Date.now() <= 0)
    throw new _chunk_7XRMQAUC_js__WEBPACK_IMPORTED_MODULE_1__/* .CredentialsProviderError */ .C1(`The SSO session associated with this profile has expired. ${refreshMessage}`, {
      tryNextLink: SHOULD_FAIL_CREDENTIAL_CHAIN,
      logger
    });
  let { accessToken } = token, { SSOClient, GetRoleCredentialsCommand } = await Promise.all(/* import() */[__webpack_require__.e(663), __webpack_require__.e(300)]).then(__webpack_require__.bind(__webpack_require__, 8300)), sso = ssoClient || new SSOClient(Object.assign({}, clientConfig ?? {}, {
    logger: clientConfig?.logger ?? callerClientConfig?.logger ?? parentClientConfig?.logger,
    region: clientConfig?.region ?? ssoRegion,
    userAgentAppId: clientConfig?.userAgentAppId ?? callerClientConfig?.userAgentAppId ?? parentClientConfig?.userAgentAppId
  })), ssoResp;
  try {
    ssoResp = await sso.send(new GetRoleCredentialsCommand({
      accountId: ssoAccountId,
      roleName: ssoRoleName,
      accessToken
    }));
  } catch (e) {
    throw new _chunk_7XRMQAUC_js__WEBPACK_IMPORTED_MODULE_1__/* .CredentialsProviderError */ .C1(e, {
      tryNextLink: SHOULD_FAIL_CREDENTIAL_CHAIN,
      logger
    });
  }
  let { roleCredentials: { accessKeyId, secretAccessKey, sessionToken, expiration, credentialScope, accountId } = {} } = ssoResp;
  if (!accessKeyId || !secretAccessKey || !sessionToken || !expiration)
    throw new _chunk_7XRMQAUC_js__WEBPACK_IMPORTED_MODULE_1__/* .CredentialsProviderError */ .C1("SSO returns an invalid temporary credential.", {
      tryNextLink: SHOULD_FAIL_CREDENTIAL_CHAIN,
      logger
    });
  let credentials = {
    accessKeyId,
    secretAccessKey,
    sessionToken,
    expiration: new Date(expiration),
    ...credentialScope && { credentialScope },
    ...accountId && { accountId }
  };
  return ssoSession ? (0,_chunk_3ADHVSBR_js__WEBPACK_IMPORTED_MODULE_0__/* .setCredentialFeature */ .gD)(credentials, "CREDENTIALS_SSO", "s") : (0,_chunk_3ADHVSBR_js__WEBPACK_IMPORTED_MODULE_0__/* .setCredentialFeature */ .gD)(credentials, "CREDENTIALS_SSO_LEGACY", "u"), credentials;
};

// node_modules/@aws-sdk/credential-provider-sso/dist-es/validateSsoProfile.js
var validateSsoProfile = (profile, logger) => {
  let { sso_start_url, sso_account_id, sso_region, sso_role_name } = profile;
  if (!sso_start_url || !sso_account_id || !sso_region || !sso_role_name)
    throw new _chunk_7XRMQAUC_js__WEBPACK_IMPORTED_MODULE_1__/* .CredentialsProviderError */ .C1(`Profile is configured with invalid SSO credentials. Required parameters "sso_account_id", "sso_region", "sso_role_name", "sso_start_url". Got ${Object.keys(profile).join(", ")}
Reference: https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-sso.html`, { tryNextLink: !1, logger });
  return profile;
};

// node_modules/@aws-sdk/credential-provider-sso/dist-es/fromSSO.js
var fromSSO = (init = {}) => async ({ callerClientConfig } = {}) => {
  init.logger?.debug("@aws-sdk/credential-provider-sso - fromSSO");
  let { ssoStartUrl, ssoAccountId, ssoRegion, ssoRoleName, ssoSession } = init, { ssoClient } = init, profileName = (0,_chunk_7XRMQAUC_js__WEBPACK_IMPORTED_MODULE_1__/* .getProfileName */ .Bz)({
    profile: init.profile ?? callerClientConfig?.profile
  });
  if (!ssoStartUrl && !ssoAccountId && !ssoRegion && !ssoRoleName && !ssoSession) {
    let profile = (await (0,_chunk_7XRMQAUC_js__WEBPACK_IMPORTED_MODULE_1__/* .parseKnownFiles */ .YU)(init))[profileName];
    if (!profile)
      throw new _chunk_7XRMQAUC_js__WEBPACK_IMPORTED_MODULE_1__/* .CredentialsProviderError */ .C1(`Profile ${profileName} was not found.`, { logger: init.logger });
    if (!isSsoProfile(profile))
      throw new _chunk_7XRMQAUC_js__WEBPACK_IMPORTED_MODULE_1__/* .CredentialsProviderError */ .C1(`Profile ${profileName} is not configured with SSO credentials.`, {
        logger: init.logger
      });
    if (profile?.sso_session) {
      let session = (await (0,_chunk_7XRMQAUC_js__WEBPACK_IMPORTED_MODULE_1__/* .loadSsoSessionData */ .qw)(init))[profile.sso_session], conflictMsg = ` configurations in profile ${profileName} and sso-session ${profile.sso_session}`;
      if (ssoRegion && ssoRegion !== session.sso_region)
        throw new _chunk_7XRMQAUC_js__WEBPACK_IMPORTED_MODULE_1__/* .CredentialsProviderError */ .C1("Conflicting SSO region" + conflictMsg, {
          tryNextLink: !1,
          logger: init.logger
        });
      if (ssoStartUrl && ssoStartUrl !== session.sso_start_url)
        throw new _chunk_7XRMQAUC_js__WEBPACK_IMPORTED_MODULE_1__/* .CredentialsProviderError */ .C1("Conflicting SSO start_url" + conflictMsg, {
          tryNextLink: !1,
          logger: init.logger
        });
      profile.sso_region = session.sso_region, profile.sso_start_url = session.sso_start_url;
    }
    let { sso_start_url, sso_account_id, sso_region, sso_role_name, sso_session } = validateSsoProfile(profile, init.logger);
    return resolveSSOCredentials({
      ssoStartUrl: sso_start_url,
      ssoSession: sso_session,
      ssoAccountId: sso_account_id,
      ssoRegion: sso_region,
      ssoRoleName: sso_role_name,
      ssoClient,
      clientConfig: init.clientConfig,
      parentClientConfig: init.parentClientConfig,
      callerClientConfig: init.callerClientConfig,
      profile: profileName,
      filepath: init.filepath,
      configFilepath: init.configFilepath,
      ignoreCache: init.ignoreCache,
      logger: init.logger
    });
  } else {
    if (!ssoStartUrl || !ssoAccountId || !ssoRegion || !ssoRoleName)
      throw new _chunk_7XRMQAUC_js__WEBPACK_IMPORTED_MODULE_1__/* .CredentialsProviderError */ .C1('Incomplete configuration. The fromSSO() argument hash must include "ssoStartUrl", "ssoAccountId", "ssoRegion", "ssoRoleName"', { tryNextLink: !1, logger: init.logger });
    return resolveSSOCredentials({
      ssoStartUrl,
      ssoSession,
      ssoAccountId,
      ssoRegion,
      ssoRoleName,
      ssoClient,
      clientConfig: init.clientConfig,
      parentClientConfig: init.parentClientConfig,
      callerClientConfig: init.callerClientConfig,
      profile: profileName,
      filepath: init.filepath,
      configFilepath: init.configFilepath,
      ignoreCache: init.ignoreCache,
      logger: init.logger
    });
  }
};



/***/ })

};
