"""An SMTP server for tests: every mail it accepts becomes one JSON line of a file.

Options come as one JSON object in argv[1]; what it shall refuse is read from a control file before each
command, so that a test can change its mind while the server runs.
"""
import email
import email.policy
import hashlib
import hmac
import json
import os
import ssl
import sys
import threading

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

OPTIONS = json.loads(sys.argv[1])


def control():
    try:
        with open(OPTIONS["control"], encoding="utf-8") as file:
            return json.load(file)
    except (OSError, ValueError):
        return {}


def refused(command):
    return control().get("refuse", {}).get(command, "")


def part_of(message, subtype):
    part = message.get_body(preferencelist=(subtype,))
    return part.get_content() if part is not None else ""


def record_of(server, envelope):
    content = envelope.content or b""
    message = email.message_from_bytes(content, policy=email.policy.default)
    return {
        "from": envelope.mail_from,
        "to": envelope.rcpt_tos,
        "raw": content.decode("latin-1"),
        "headers": [[name, str(value)] for name, value in message.items()],
        "text": part_of(message, "plain"),
        "html": part_of(message, "html"),
        "tls": server.session.ssl is not None or OPTIONS["implicit_tls"],
        "auth_user": getattr(server.session, "picket_user", ""),
        "auth_mechanism": getattr(server.session, "picket_mechanism", ""),
        "helo": server.session.host_name or "",
    }


class Sink:
    async def handle_MAIL(self, server, session, envelope, address, options):
        if refused("MAIL"):
            return refused("MAIL")
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):
        if refused("RCPT " + address) or refused("RCPT"):
            return refused("RCPT " + address) or refused("RCPT")
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if refused("DATA"):
            return refused("DATA")
        line = json.dumps(record_of(server, envelope)) + "\n"
        with open(OPTIONS["mails"], "a", encoding="utf-8") as file:
            file.write(line)
        if control().get("lose_answer"):
            server.transport.abort()
        return "250 OK queued"

    async def auth_CRAM__MD5(self, server, args):
        challenge = b"<%d.picket@localhost>" % os.getpid()
        answer = await server.challenge_auth(challenge)
        if not isinstance(answer, bytes):
            return AuthResult(success=False)
        user, _, digest = answer.decode().rpartition(" ")
        expected = hmac.new(OPTIONS["password"].encode(), challenge, hashlib.md5).hexdigest()
        good = user == OPTIONS["user"] and hmac.compare_digest(digest, expected)
        return accept(server.session, user, "CRAM-MD5") if good else AuthResult(success=False, handled=False)


def accept(session, user, mechanism):
    session.picket_user = user
    session.picket_mechanism = mechanism
    return AuthResult(success=True)


def authenticate(server, session, envelope, mechanism, auth_data):
    if refused("AUTH"):
        return AuthResult(success=False, handled=False)
    if not isinstance(auth_data, LoginPassword):
        return AuthResult(success=False, handled=False)
    user, password = auth_data.login.decode(), auth_data.password.decode()
    if user == OPTIONS["user"] and password == OPTIONS["password"]:
        return accept(session, user, mechanism)
    return AuthResult(success=False, handled=False)


def tls_context():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(OPTIONS["cert"], OPTIONS["key"])
    return context


def main():
    settings = {"hostname": "127.0.0.1", "port": OPTIONS["port"], "ready_timeout": 30, "server_hostname": "mail.test",
                "enable_SMTPUTF8": OPTIONS["smtputf8"]}
    if OPTIONS["implicit_tls"]:
        settings["ssl_context"] = tls_context()
    elif OPTIONS["cert"]:
        settings["tls_context"] = tls_context()
        settings["require_starttls"] = OPTIONS["require_tls"]
    if OPTIONS["user"]:
        every = {"PLAIN", "LOGIN", "CRAM-MD5"}
        settings["authenticator"] = authenticate
        settings["auth_required"] = True
        settings["auth_require_tls"] = False
        settings["auth_exclude_mechanism"] = every - set(OPTIONS["mechanisms"])
    Controller(Sink(), **settings).start()
    print("ready", flush=True)
    threading.Event().wait()


main()
