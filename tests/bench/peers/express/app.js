// A login server as it is usually written for Node: express, jsonwebtoken, bcrypt, speakeasy. What bench_auth
// compares authd with. Users are in memory, which flatters it: there is no database, no audit log, no limit.
//   node app.js PORT USERS.json     USERS.json: {"name": {"hash": "$2b$...", "role": "user", "secret": base32?}}
//   node app.js --hash COST         the bcrypt hash of what it reads from standard input
'use strict';
const crypto = require('crypto');
const fs = require('fs');
const bcrypt = require('bcrypt');
const express = require('express');
const jwt = require('jsonwebtoken');
const speakeasy = require('speakeasy');

if (process.argv[2] === '--hash') {
  process.stdout.write(bcrypt.hashSync(fs.readFileSync(0, 'utf8').trimEnd(), Number(process.argv[3])));
  process.exit(0);
}

const users = JSON.parse(fs.readFileSync(process.argv[3], 'utf8'));
const key = crypto.randomBytes(32);
const app = express();

function bearer(req) {
  const field = req.get('Authorization') || '';
  return field.startsWith('Bearer ') ? field.slice(7) : '';
}

app.get('/-/ready', (req, res) => res.send('ready'));

app.get('/api/v1/auth/verify', (req, res) => {
  if (!req.get('X-Original-URL') || !req.get('X-Original-Method')) return res.status(403).end();
  let claims;
  try {
    claims = jwt.verify(bearer(req), key, { algorithms: ['HS256'], audience: 'picket' });
  } catch (error) {
    return res.status(401).end();
  }
  res.set({ 'Remote-User': claims.name, 'Remote-Role': claims.role, 'Cache-Control': 'no-store' }).status(200).end();
});

app.post('/api/v1/auth/login', express.json(), async (req, res) => {
  const { username, password, code } = req.body;
  const user = Object.hasOwn(users, username) ? users[username] : undefined;
  const matches = user !== undefined && (await bcrypt.compare(password, user.hash));
  const second = !user || !user.secret || speakeasy.totp.verify({ secret: user.secret, encoding: 'base32', token: code });
  if (!matches || !second) return res.status(401).json({ error: 'login failed' });
  const token = jwt.sign({ name: username, role: user.role }, key, { audience: 'picket', expiresIn: '15m' });
  res.json({ access_token: token, token_type: 'Bearer', expires_in: 900 });
});

app.listen(Number(process.argv[2]), '127.0.0.1');
