PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE schema_migrations (component TEXT NOT NULL, number BIGINT NOT NULL, name TEXT NOT NULL, PRIMARY KEY (component, number));
INSERT INTO schema_migrations VALUES('authd',1,'create_accounts');
INSERT INTO schema_migrations VALUES('authd',2,'create_factors');
INSERT INTO schema_migrations VALUES('authd',3,'create_sessions');
INSERT INTO schema_migrations VALUES('authd',4,'create_credentials');
INSERT INTO schema_migrations VALUES('authd',5,'create_guards');
INSERT INTO schema_migrations VALUES('authd',6,'create_audit');
INSERT INTO schema_migrations VALUES('authd',7,'create_user_limits');
INSERT INTO schema_migrations VALUES('authd',8,'create_key_marks');
INSERT INTO schema_migrations VALUES('authd',9,'create_guard_revisions');
CREATE TABLE users (
  id TEXT PRIMARY KEY, username TEXT NOT NULL, username_key TEXT NOT NULL UNIQUE, email TEXT NOT NULL,
  email_key TEXT NOT NULL, email_verified BIGINT NOT NULL, role TEXT NOT NULL, status TEXT NOT NULL,
  phone TEXT NOT NULL, phone_sealed_by TEXT NOT NULL, phone_verified BIGINT NOT NULL, password_hash TEXT NOT NULL,
  password_changed_at BIGINT NOT NULL, must_change_password BIGINT NOT NULL, epoch BIGINT NOT NULL,
  version BIGINT NOT NULL, created_at BIGINT NOT NULL, last_login_at BIGINT NOT NULL);
INSERT INTO users VALUES('01a22a9c-4f74-7000-a08a-88573371f87e','olga','olga','olga@example.org','olga@example.org',1,'owner','active','','',0,'$argon2id$v=19$m=19456,t=2,p=1$G1AEaXIOanZDCCOU5Y0g5w$ZSxxCHh0k0Inp27qzya5b1cYIwYtwN3fMI+gBxG4cp0',1796011216756,0,3,1,1796011216756,1796011217011);
INSERT INTO users VALUES('01a22a9c-4fb2-7000-838d-1784b4e51cd0','alice','alice','alice@example.org','alice@example.org',1,'user','active','','',0,'$argon2id$v=19$m=19456,t=2,p=1$q6ZPv3OI07UDr0mWh/f6nA$0BvSV4pP3BxM7/d27J6sxZYX9JwJ618NNb9efRJeby0',1796011216818,0,1,1,1796011216818,1796011216965);
CREATE TABLE user_keys (name_key TEXT PRIMARY KEY, user_id TEXT NOT NULL);
INSERT INTO user_keys VALUES('olga','01a22a9c-4f74-7000-a08a-88573371f87e');
INSERT INTO user_keys VALUES('olga@example.org','01a22a9c-4f74-7000-a08a-88573371f87e');
INSERT INTO user_keys VALUES('alice','01a22a9c-4fb2-7000-838d-1784b4e51cd0');
INSERT INTO user_keys VALUES('alice@example.org','01a22a9c-4fb2-7000-838d-1784b4e51cd0');
CREATE TABLE ended_grants (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, user_id TEXT NOT NULL, epoch BIGINT NOT NULL, grant_id TEXT NOT NULL, ended_at BIGINT NOT NULL);
INSERT INTO ended_grants VALUES(1,'01a22a9c-4f74-7000-a08a-88573371f87e',2,'',1796011217054);
INSERT INTO ended_grants VALUES(2,'01a22a9c-4f74-7000-a08a-88573371f87e',3,'',1796011217076);
INSERT INTO ended_grants VALUES(3,'',0,'01a22a9c-506e-7000-83b2-7a0bc06fdd26',1796011217082);
CREATE TABLE second_factors (
  user_id TEXT PRIMARY KEY, totp_secret TEXT NOT NULL, totp_secret_sealed_by TEXT NOT NULL, totp_algorithm TEXT NOT NULL,
  totp_digits BIGINT NOT NULL, totp_confirmed_at BIGINT NOT NULL, totp_last_step BIGINT NOT NULL,
  email_otp BIGINT NOT NULL, sms_otp BIGINT NOT NULL);
INSERT INTO second_factors VALUES('01a22a9c-4f74-7000-a08a-88573371f87e','v1.kb6ebf578ab.47D9WZzlK7ITwgCJ.xrz2LsHg3DaMbBn9aGwk_1FzcM_x5v5zh9B77_gZtmh83ytH','kb6ebf578ab','SHA1',6,1796011217054,59867040,0,0);
CREATE TABLE backup_codes (
  user_id TEXT NOT NULL, slot BIGINT NOT NULL, hash TEXT NOT NULL, used_at BIGINT NOT NULL, PRIMARY KEY (user_id, slot));
INSERT INTO backup_codes VALUES('01a22a9c-4f74-7000-a08a-88573371f87e',1,'$argon2id$v=19$m=1024,t=2,p=1$iDBQk/wART2ST0N0eGELLQ$zK/W0n+SqQliNFpmX8VsBAmV215F/VA/mn2mhqo6Ea0',0);
INSERT INTO backup_codes VALUES('01a22a9c-4f74-7000-a08a-88573371f87e',2,'$argon2id$v=19$m=1024,t=2,p=1$4VeeYwLNRAg5VWcy6JtRwA$f6ORXA1lHqEuwIYsMiB8ELZeMeTheraP7FbFsabf4Uc',0);
INSERT INTO backup_codes VALUES('01a22a9c-4f74-7000-a08a-88573371f87e',3,'$argon2id$v=19$m=1024,t=2,p=1$PkdqRyYavQtwqcPneYK0Hg$IxbnkHKp72uRwOdcvpa7NvG+JbiL+dyO3qGHw73FxOQ',0);
INSERT INTO backup_codes VALUES('01a22a9c-4f74-7000-a08a-88573371f87e',4,'$argon2id$v=19$m=1024,t=2,p=1$PxC3/eYOsbGaryYx+JU5dg$WC1LshppG7hO057yiMsLt1ZSXD28MYMqTp4hQVL5ipc',0);
INSERT INTO backup_codes VALUES('01a22a9c-4f74-7000-a08a-88573371f87e',5,'$argon2id$v=19$m=1024,t=2,p=1$PGOBh4zOkD/4IjqgvzxDeg$pZEfhHKR9yEJQ9NtdCusjJ6O+wKlokzzKyTJFDQobEA',0);
INSERT INTO backup_codes VALUES('01a22a9c-4f74-7000-a08a-88573371f87e',6,'$argon2id$v=19$m=1024,t=2,p=1$RcJh+azT6jzh/TmRumkQdQ$mdJu0S1+oBKGwSOfpmZedUBgcnmdlaOg3liN4D39lS4',0);
INSERT INTO backup_codes VALUES('01a22a9c-4f74-7000-a08a-88573371f87e',7,'$argon2id$v=19$m=1024,t=2,p=1$fpInrHBgX5FJwaF/gP97vA$scWxoUNqq0f736beV7zzHoAM3tHGjgoKjhk/cmVlNDw',0);
INSERT INTO backup_codes VALUES('01a22a9c-4f74-7000-a08a-88573371f87e',8,'$argon2id$v=19$m=1024,t=2,p=1$RAQo07mI2G2CJ0XLDPk1Ew$r2ID+LB+EMo1LQdKCISQnxzXz4WTrDliJmxz5M21skw',0);
INSERT INTO backup_codes VALUES('01a22a9c-4f74-7000-a08a-88573371f87e',9,'$argon2id$v=19$m=1024,t=2,p=1$GrAfZWTj7ZyEmSNXAMuKuA$xOZGygWymhrxxnFEgysasKXcVLwmYgVvzNJcll0HmdI',0);
INSERT INTO backup_codes VALUES('01a22a9c-4f74-7000-a08a-88573371f87e',10,'$argon2id$v=19$m=1024,t=2,p=1$SXVYEbDESftQjTTwDaEPRg$PJ4NFlNpqKJxSavlxKTjrGel+ADxCQa0oFVTcRG+9uQ',0);
CREATE TABLE devices (
  id TEXT PRIMARY KEY, user_id TEXT NOT NULL, token_hash TEXT NOT NULL UNIQUE, name TEXT NOT NULL, ip TEXT NOT NULL,
  created_at BIGINT NOT NULL, last_seen_at BIGINT NOT NULL, expires_at BIGINT NOT NULL, revoked_at BIGINT NOT NULL);
CREATE TABLE sessions (
  id TEXT PRIMARY KEY, user_id TEXT NOT NULL, user_epoch BIGINT NOT NULL, created_at BIGINT NOT NULL,
  last_seen_at BIGINT NOT NULL, idle_expires_at BIGINT NOT NULL, absolute_expires_at BIGINT NOT NULL, amr TEXT NOT NULL,
  device_id TEXT NOT NULL, ip TEXT NOT NULL, user_agent TEXT NOT NULL, family_id TEXT NOT NULL UNIQUE,
  family_key TEXT NOT NULL, family_key_sealed_by TEXT NOT NULL, refresh_active BIGINT NOT NULL, rotated_at BIGINT NOT NULL,
  rotated_by TEXT NOT NULL, late_replayed BIGINT NOT NULL, late_replays BIGINT NOT NULL, refresh_version BIGINT NOT NULL,
  revoked_at BIGINT NOT NULL, revoke_reason TEXT NOT NULL);
INSERT INTO sessions VALUES('01a22a9c-5022-7000-9fd9-f99b2c6f63ec','01a22a9c-4fb2-7000-838d-1784b4e51cd0',1,1796011216930,1796011216930,1796616016930,1796616016930,'pwd','','127.0.0.1','','Fqi_BtkW02CUX56v_rgiMA','v1.kb6ebf578ab.BLWmW6HZHWq2LCbK.Qm4j6-u61xZuhZ9CGxdsqqvW2OsILvpIsFcILPMt88QKm5xLoL2UNK-3LOukZ6xG','kb6ebf578ab',0,1796011216930,'ls5_AswPcOXyUUB7q4h4tEFIk1UoRyx8tgXpV1a_mJs',0,0,0,0,'');
INSERT INTO sessions VALUES('01a22a9c-5044-7000-9b93-404a7b05b96d','01a22a9c-4fb2-7000-838d-1784b4e51cd0',1,1796011216964,1796011217152,4949611217152,4949611216964,'pwd','','192.0.2.7','','8YQtK--_ubmQYmgfQBhX9w','v1.kb6ebf578ab.Sr2oCsLwiAWCtBiW.rLKU-nPaKBVQzKtXL9lDT-jH7mOQSDQEdf_-p_IiD3Bhi45cZiA30rh3LYFOZLxJ','kb6ebf578ab',0,1796011216964,'ls5_AswPcOXyUUB7q4h4tEFIk1UoRyx8tgXpV1a_mJs',0,0,0,0,'');
INSERT INTO sessions VALUES('01a22a9c-506e-7000-83b2-7a0bc06fdd26','01a22a9c-4f74-7000-a08a-88573371f87e',1,1796011217006,1796011217006,1796616017006,1796616017006,'pwd','','127.0.0.1','','LRwOjgR2a8rHcDwA79nS7w','v1.kb6ebf578ab.yBBirouLz0rx5zkW.gt9K8qzUiJgOelvSf8788ehGMngxmq9TSMBL-uBjuJzEVgNgMOzkyS47--z00F-x','kb6ebf578ab',0,1796011217006,'ls5_AswPcOXyUUB7q4h4tEFIk1UoRyx8tgXpV1a_mJs',0,0,0,1796011217082,'factor_change');
INSERT INTO sessions VALUES('01a22a9c-50be-7000-b7e1-f3eab7681bf2','01a22a9c-4f74-7000-a08a-88573371f87e',3,1796011217086,1796011217086,1796616017086,1796616017086,'pwd otp','','127.0.0.1','','VzNa4J2tRPdmc8xeQFC62A','v1.kb6ebf578ab.FRaIiHfsu1qdsF1h.4XTrOjOKdvGQ3BxZ70tT3x8cGEPD9i8l818v0jhC8hXgMxcf2sHcjsOepkaMwZu2','kb6ebf578ab',0,1796011217086,'ls5_AswPcOXyUUB7q4h4tEFIk1UoRyx8tgXpV1a_mJs',0,0,0,0,'');
CREATE TABLE challenges (
  id_hash TEXT PRIMARY KEY, purpose TEXT NOT NULL, user_id TEXT NOT NULL, methods TEXT NOT NULL, channel TEXT NOT NULL,
  code_hash TEXT NOT NULL, tries BIGINT NOT NULL, created_at BIGINT NOT NULL, expires_at BIGINT NOT NULL,
  used_at BIGINT NOT NULL, client_prefix TEXT NOT NULL);
CREATE TABLE api_keys (
  id TEXT PRIMARY KEY, user_id TEXT NOT NULL, public_id TEXT NOT NULL UNIQUE, mac TEXT NOT NULL, name TEXT NOT NULL,
  scopes TEXT NOT NULL, tier TEXT NOT NULL, created_at BIGINT NOT NULL, expires_at BIGINT NOT NULL,
  revoked_at BIGINT NOT NULL, last_used_at BIGINT NOT NULL);
INSERT INTO api_keys VALUES('01a22a9c-5049-7000-a06f-a309ee5fe736','01a22a9c-4fb2-7000-838d-1784b4e51cd0','artvt4xbfs7clw44','OHVaA7FIwy_FZ3lJ3Zl09vcAnpe-bTgywVoj-OVOG7s','prometheus','metrics:read','',1796011216969,0,0,0);
CREATE TABLE api_usage (
  key_id TEXT NOT NULL, minute BIGINT NOT NULL, uses BIGINT NOT NULL, PRIMARY KEY (key_id, minute));
CREATE TABLE links (
  hash TEXT PRIMARY KEY, kind TEXT NOT NULL, user_id TEXT NOT NULL, email TEXT NOT NULL, role TEXT NOT NULL,
  created_at BIGINT NOT NULL, expires_at BIGINT NOT NULL, used_at BIGINT NOT NULL);
INSERT INTO links VALUES('tWy7dA4Nuycb00apRa0NdXGvLekxgUdYVutUVU5lp9w','first_owner','','','owner',1796011216636,1796097616636,0);
CREATE TABLE signing_keys (
  kid TEXT PRIMARY KEY, algorithm TEXT NOT NULL, private_key TEXT NOT NULL, private_key_sealed_by TEXT NOT NULL,
  public_jwk TEXT NOT NULL, state TEXT NOT NULL, created_at BIGINT NOT NULL, activated_at BIGINT NOT NULL,
  retired_at BIGINT NOT NULL);
INSERT INTO signing_keys VALUES('LsuU9xpKw_nAOiVfJqjBigFVZndGDSSD3KI8odUkFs8','EdDSA','v1.kb6ebf578ab.wdG81yiLhwpHNdV5.u0w-1K6aYhbZJCgCEb6gsbPy9lEkR7JY8Vf32VkPkK_YT_lYTcA_DVKhxls45iE3MnIDFDXPj-Sd3OrcVtC5MQ','kb6ebf578ab','{"alg":"EdDSA","crv":"Ed25519","kty":"OKP","x":"B9RmJmik58Rufx0O6ZF-mBu51iWunf2nEjjFZcEQinQ","kid":"LsuU9xpKw_nAOiVfJqjBigFVZndGDSSD3KI8odUkFs8","use":"sig"}','active',1796011216614,1796011216614,0);
CREATE TABLE failures (
  failure_key TEXT PRIMARY KEY, failures BIGINT NOT NULL, first_at BIGINT NOT NULL, last_at BIGINT NOT NULL,
  locked_until BIGINT NOT NULL, level BIGINT NOT NULL);
INSERT INTO failures VALUES('01a22a9c-4fb2-7000-838d-1784b4e51cd0|net:127.0.0.1/32',2,1796011217115,1796011217144,0,0);
INSERT INTO failures VALUES('01a22a9c-4fb2-7000-838d-1784b4e51cd0|account',2,1796011217116,1796011217145,0,0);
CREATE TABLE blocks (
  prefix TEXT PRIMARY KEY, reason TEXT NOT NULL, created_by TEXT NOT NULL, created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL);
CREATE TABLE audit_events (
  seq BIGINT PRIMARY KEY, at BIGINT NOT NULL, user_id TEXT NOT NULL, ip TEXT NOT NULL, user_agent TEXT NOT NULL,
  action TEXT NOT NULL, resource TEXT NOT NULL, result TEXT NOT NULL, details TEXT NOT NULL, hash TEXT NOT NULL);
INSERT INTO audit_events VALUES(1,1796011216642,'','0.0.0.0','','users.first_owner_offered','','success','{}','9a548f8bf9be18bd78b4472f490b6e8eab9ec76338796b20f51f63f314b9de9e');
INSERT INTO audit_events VALUES(2,1796011216798,'','','authctl','users.create','user:01a22a9c-4f74-7000-a08a-88573371f87e','success','{"role":"owner","uid":"0","username":"olga","via":"authctl"}','1da01ec682a162f7e59f31a08acbb1889f2accf3c183ab0fdccf0adaf9b8e860');
INSERT INTO audit_events VALUES(3,1796011216861,'','','authctl','users.create','user:01a22a9c-4fb2-7000-838d-1784b4e51cd0','success','{"role":"user","uid":"0","username":"alice","via":"authctl"}','e22ec98b764cd648c591fc1cf6b948bc87724b796a53d92a240f3b9e0dd49edc');
INSERT INTO audit_events VALUES(4,1796011216927,'01a22a9c-4fb2-7000-838d-1784b4e51cd0','127.0.0.1','','auth.login','user:01a22a9c-4fb2-7000-838d-1784b4e51cd0','success','{"factor":"password","methods":"pwd","reason":"none"}','73d9a441f822aa6e1021ddd5306d9be6430bf5ecd69df497106f460f617722d3');
INSERT INTO audit_events VALUES(5,1796011216963,'01a22a9c-4fb2-7000-838d-1784b4e51cd0','192.0.2.7','','auth.login','user:01a22a9c-4fb2-7000-838d-1784b4e51cd0','success','{"factor":"password","methods":"pwd","reason":"none"}','975e7c5947182c3273852b33bab00a64ab067fe5cc9e1bd03a367b8b3e10f14f');
INSERT INTO audit_events VALUES(6,1796011216969,'01a22a9c-4fb2-7000-838d-1784b4e51cd0','127.0.0.1','','api_keys.create','api_key:01a22a9c-5049-7000-a06f-a309ee5fe736','success','{}','a3f3fc47153ac295ab15be61b6d587c35a40c033d43f348097323681e0110940');
INSERT INTO audit_events VALUES(7,1796011217002,'01a22a9c-4f74-7000-a08a-88573371f87e','127.0.0.1','','auth.login','user:01a22a9c-4f74-7000-a08a-88573371f87e','success','{"factor":"password","methods":"pwd","reason":"none"}','7002503dcd85fedd9204f28b20934b4d28f97e89551fc118b9e5211c5257a988');
INSERT INTO audit_events VALUES(8,1796011217037,'01a22a9c-4f74-7000-a08a-88573371f87e','127.0.0.1','','auth.confirm_password','user:01a22a9c-4f74-7000-a08a-88573371f87e','success','{"factor":"password","methods":"","reason":"none"}','662b2f2c95e796a96acef1d9b09eed97442a8f645358164dd4faa1f7a88e4182');
INSERT INTO audit_events VALUES(9,1796011217055,'01a22a9c-4f74-7000-a08a-88573371f87e','127.0.0.1','','factors.confirm_totp','user:01a22a9c-4f74-7000-a08a-88573371f87e','success','{"factor":"totp","methods":"","reason":"none"}','b562bbee8f73d87b94dbbd6316e9ccc00a83b50d1461f1ee30769662bae6cb56');
INSERT INTO audit_events VALUES(10,1796011217078,'01a22a9c-4f74-7000-a08a-88573371f87e','127.0.0.1','','factors.totp_confirmed','user:01a22a9c-4f74-7000-a08a-88573371f87e','success','{}','663c11d03f4a6aa4b353ceae72a7638e75c9b8642122b268affccaadbf6f27e6');
INSERT INTO audit_events VALUES(11,1796011217118,'','127.0.0.1','','auth.login','user:01a22a9c-4fb2-7000-838d-1784b4e51cd0','denied','{"factor":"password","methods":"","reason":"wrong"}','9128472781c6ef0d6447ffced8b7c0e2aa8e926c38e579390b68f78113bed6a0');
INSERT INTO audit_events VALUES(12,1796011217146,'','127.0.0.1','','auth.login','user:01a22a9c-4fb2-7000-838d-1784b4e51cd0','denied','{"factor":"password","methods":"","reason":"wrong"}','da23c3f0c5e8b359ed3ab35e0db2460841a89faf3c76657fe99eaaed9b89dd9d');
CREATE TABLE audit_marks (kind TEXT PRIMARY KEY, seq BIGINT NOT NULL, hash TEXT NOT NULL, mac TEXT NOT NULL);
INSERT INTO audit_marks VALUES('head',12,'da23c3f0c5e8b359ed3ab35e0db2460841a89faf3c76657fe99eaaed9b89dd9d','dbbf1356af46adf3e145bfb6f92722fe38b377ec0c24c4e7ad3df4a0c6575d7d');
CREATE TABLE user_limits (
  user_id TEXT NOT NULL, tier TEXT NOT NULL, requests_max BIGINT NOT NULL, set_by TEXT NOT NULL,
  set_at BIGINT NOT NULL, PRIMARY KEY (user_id, tier));
CREATE TABLE key_marks (key_name TEXT PRIMARY KEY, mac TEXT NOT NULL);
INSERT INTO key_marks VALUES('api_key_key','f37eb5e0c3083190b666684bcd10c31e45096b5375300429dfea85444943a3a3');
INSERT INTO key_marks VALUES('otp_key','0d6b69ebd4080e2d5ed2f049f1f92e2958d1bad359e3ba045885dc29d9effc38');
CREATE TABLE guard_revisions (guard TEXT PRIMARY KEY, revision BIGINT NOT NULL);
INSERT INTO guard_revisions VALUES('blocks',1);
INSERT INTO guard_revisions VALUES('user_limits',1);
DELETE FROM sqlite_sequence;
INSERT INTO sqlite_sequence VALUES('ended_grants',3);
CREATE INDEX users_role ON users (role, status);
CREATE INDEX users_phone_sealed_by ON users (phone_sealed_by);
CREATE INDEX user_keys_user ON user_keys (user_id);
CREATE INDEX ended_grants_at ON ended_grants (ended_at)
;
CREATE INDEX devices_user ON devices (user_id)
;
CREATE INDEX sessions_user ON sessions (user_id, revoked_at);
CREATE INDEX sessions_end ON sessions (absolute_expires_at);
CREATE INDEX challenges_user ON challenges (user_id);
CREATE INDEX challenges_end ON challenges (expires_at)
;
CREATE INDEX api_keys_user ON api_keys (user_id);
CREATE INDEX links_user ON links (user_id, kind);
CREATE UNIQUE INDEX signing_keys_one ON signing_keys (state) WHERE state <> 'retired'
;
CREATE INDEX failures_last ON failures (last_at);
CREATE INDEX failures_locked ON failures (locked_until);
CREATE INDEX audit_events_at ON audit_events (at);
CREATE INDEX audit_events_user ON audit_events (user_id, seq);
CREATE INDEX audit_events_action ON audit_events (action, seq);
COMMIT;
