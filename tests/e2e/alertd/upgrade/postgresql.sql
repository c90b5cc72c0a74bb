--
-- PostgreSQL database dump
--


-- Dumped from database version 15.18 (Debian 15.18-0+deb12u1)
-- Dumped by pg_dump version 15.18 (Debian 15.18-0+deb12u1)

SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

SET default_tablespace = '';

SET default_table_access_method = heap;

--
-- Name: alert_groups; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.alert_groups (
    group_key text NOT NULL,
    next_flush_at bigint NOT NULL
);


--
-- Name: alertd_rule_alerts; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.alertd_rule_alerts (
    rule_key text NOT NULL,
    fingerprint text NOT NULL,
    labels text NOT NULL,
    annotations text NOT NULL,
    state text NOT NULL,
    value text NOT NULL,
    active_at bigint NOT NULL,
    fired_at bigint NOT NULL,
    resolved_at bigint NOT NULL,
    keep_firing_since bigint NOT NULL
);


--
-- Name: alerts; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.alerts (
    fingerprint text NOT NULL,
    labels text NOT NULL,
    annotations text NOT NULL,
    starts_at bigint NOT NULL,
    ends_at bigint NOT NULL,
    updated_at bigint NOT NULL,
    generator_url text NOT NULL
);


--
-- Name: deliveries; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.deliveries (
    id text NOT NULL,
    lane text NOT NULL,
    receiver text NOT NULL,
    integration text NOT NULL,
    target text NOT NULL,
    group_key text NOT NULL,
    status text NOT NULL,
    summary text NOT NULL,
    payload text NOT NULL,
    state text NOT NULL,
    attempts bigint NOT NULL,
    created_at bigint NOT NULL,
    next_try_at bigint NOT NULL,
    finished_at bigint NOT NULL,
    claimed_by text NOT NULL,
    claimed_until bigint NOT NULL,
    last_detail text NOT NULL
);


--
-- Name: delivery_attempts; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.delivery_attempts (
    delivery_id text NOT NULL,
    number bigint NOT NULL,
    started_at bigint NOT NULL,
    outcome text NOT NULL,
    code bigint NOT NULL,
    detail text NOT NULL,
    provider_id text NOT NULL,
    latency_ms bigint NOT NULL,
    maybe_delivered bigint NOT NULL
);


--
-- Name: schema_migrations; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.schema_migrations (
    component text NOT NULL,
    number bigint NOT NULL,
    name text NOT NULL
);


--
-- Name: told; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.told (
    group_key text NOT NULL,
    integration text NOT NULL,
    firing text NOT NULL,
    told_at bigint NOT NULL
);


--
-- Data for Name: alert_groups; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.alert_groups VALUES ('{}/{severity="critical"}:{alertname="DatabaseDown"}', 1796026663381);
INSERT INTO public.alert_groups VALUES ('{}/{severity=~"critical|page"}:{alertname="DatabaseDown"}', 1796026663381);
INSERT INTO public.alert_groups VALUES ('{}/{severity=~"critical|page"}:{alertname="Errors"}', 1796026663381);
INSERT INTO public.alert_groups VALUES ('{}/{team="backup"}:{alertname="BackupOld"}', 1796026663381);
INSERT INTO public.alert_groups VALUES ('{}/{team="disk"}:{alertname="DiskFull", disk="sda", instance="shop:9100", job="shop", team="disk"}', 1796026663381);
INSERT INTO public.alert_groups VALUES ('{}:{alertname="Queue"}', 1796026663381);
INSERT INTO public.alert_groups VALUES ('{}:{alertname="ReplicaLag"}', 1796026663381);
INSERT INTO public.alert_groups VALUES ('{}:{alertname="StockLow"}', 1796026663381);


--
-- Data for Name: alertd_rule_alerts; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.alertd_rule_alerts VALUES ('rules/shop.yml;shop;Errors{severity="page"}', 'd4c2673f71b0f5c1', '{"alertname":"Errors","instance":"shop:9100","job":"shop","severity":"page","shop":"berlin"}', '{"summary":"3 errors in berlin"}', 'firing', '3', 1796026640622516855, 1796026640622516855, 0, 0);
INSERT INTO public.alertd_rule_alerts VALUES ('rules/shop.yml;shop;Errors{severity="page"}', 'e862d9ccb0f301e0', '{"alertname":"Errors","instance":"shop:9100","job":"shop","severity":"page","shop":"oslo"}', '{"summary":"1 errors in oslo"}', 'firing', '1', 1796026640622516855, 1796026640622516855, 0, 0);
INSERT INTO public.alertd_rule_alerts VALUES ('rules/shop.yml;shop;Queue{severity="info"}', '28db6d60dac7fc1e', '{"alertname":"Queue","instance":"shop:9100","job":"shop","queue":"mail","severity":"info"}', '{}', 'firing', '200', 1796026640622516855, 1796026640622516855, 0, 0);
INSERT INTO public.alertd_rule_alerts VALUES ('rules/shop.yml;shop;Queue{severity="info"}#1', '03e5ece32b1af6b8', '{"alertname":"Queue","instance":"shop:9100","job":"shop","queue":"print","severity":"info"}', '{}', 'firing', '700', 1796026640622516855, 1796026640622516855, 0, 0);
INSERT INTO public.alertd_rule_alerts VALUES ('rules/database.yml;database;DatabaseDown{severity="critical"}', 'f745ecbbc2fcdf67', '{"alertname":"DatabaseDown","cluster":"eu","instance":"shop:9100","job":"shop","severity":"critical"}', '{"summary":"no database in eu"}', 'firing', '0', 1796026640892445661, 1796026640892445661, 0, 0);
INSERT INTO public.alertd_rule_alerts VALUES ('rules/database.yml;database;ReplicaLag{severity="warning"}', 'cb7b3e47d18230d1', '{"alertname":"ReplicaLag","cluster":"eu","instance":"shop:9100","job":"shop","severity":"warning"}', '{}', 'firing', '60', 1796026640892445661, 1796026640892445661, 0, 0);
INSERT INTO public.alertd_rule_alerts VALUES ('rules/database.yml;database;ReplicaLag{severity="warning"}', '595ebf71ee385d63', '{"alertname":"ReplicaLag","cluster":"us","instance":"shop:9100","job":"shop","severity":"warning"}', '{}', 'firing', '60', 1796026640892445661, 1796026640892445661, 0, 0);
INSERT INTO public.alertd_rule_alerts VALUES ('rules/database.yml;database;DiskFull{team="disk"}', '4860e03250846d83', '{"alertname":"DiskFull","disk":"sda","instance":"shop:9100","job":"shop","team":"disk"}', '{}', 'firing', '0.01', 1796026640892445661, 1796026640892445661, 0, 0);
INSERT INTO public.alertd_rule_alerts VALUES ('rules/database.yml;database;BackupOld{team="backup"}', '24c58cf3e71dabd5', '{"alertname":"BackupOld","instance":"shop:9100","job":"shop","team":"backup","volume":"mail"}', '{}', 'firing', '200000', 1796026640892445661, 1796026640892445661, 0, 0);
INSERT INTO public.alertd_rule_alerts VALUES ('rules/shop.yml;shop;StockLow{severity="info"}', '9e667457e50c1244', '{"alertname":"StockLow","instance":"shop:9100","job":"shop","severity":"info","shop":"oslo"}', '{}', 'firing', '0', 1796026640622516855, 1796026640622516855, 0, 1796026648622516855);
INSERT INTO public.alertd_rule_alerts VALUES ('rules/shop.yml;shop;Slow{severity="info"}', '81190d5c8c56086e', '{"alertname":"Slow","instance":"shop:9100","job":"shop","severity":"info","shop":"berlin"}', '{}', 'pending', '5', 1796026656622516855, 0, 0, 0);


--
-- Data for Name: alerts; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.alerts VALUES ('d4c2673f71b0f5c1', '{"alertname":"Errors","instance":"shop:9100","job":"shop","severity":"page","shop":"berlin"}', '{"summary":"3 errors in berlin"}', 1796026640622, 0, 1796026640622, 'http://127.0.0.1:@PROMETHEUS@/graph?g0.expr=shop_errors%20%3E%200&g0.tab=1');
INSERT INTO public.alerts VALUES ('e862d9ccb0f301e0', '{"alertname":"Errors","instance":"shop:9100","job":"shop","severity":"page","shop":"oslo"}', '{"summary":"1 errors in oslo"}', 1796026640622, 0, 1796026640622, 'http://127.0.0.1:@PROMETHEUS@/graph?g0.expr=shop_errors%20%3E%200&g0.tab=1');
INSERT INTO public.alerts VALUES ('9e667457e50c1244', '{"alertname":"StockLow","instance":"shop:9100","job":"shop","severity":"info","shop":"oslo"}', '{}', 1796026640622, 0, 1796026640622, 'http://127.0.0.1:@PROMETHEUS@/graph?g0.expr=shop_stock%20%3C%205&g0.tab=1');
INSERT INTO public.alerts VALUES ('28db6d60dac7fc1e', '{"alertname":"Queue","instance":"shop:9100","job":"shop","queue":"mail","severity":"info"}', '{}', 1796026640622, 0, 1796026640622, 'http://127.0.0.1:@PROMETHEUS@/graph?g0.expr=queue_length%20%3E%20100&g0.tab=1');
INSERT INTO public.alerts VALUES ('03e5ece32b1af6b8', '{"alertname":"Queue","instance":"shop:9100","job":"shop","queue":"print","severity":"info"}', '{}', 1796026640622, 0, 1796026640622, 'http://127.0.0.1:@PROMETHEUS@/graph?g0.expr=queue_age_seconds%20%3E%20600&g0.tab=1');
INSERT INTO public.alerts VALUES ('f745ecbbc2fcdf67', '{"alertname":"DatabaseDown","cluster":"eu","instance":"shop:9100","job":"shop","severity":"critical"}', '{"summary":"no database in eu"}', 1796026640892, 0, 1796026640892, 'http://127.0.0.1:@PROMETHEUS@/graph?g0.expr=db_up%20%3D%3D%200&g0.tab=1');
INSERT INTO public.alerts VALUES ('cb7b3e47d18230d1', '{"alertname":"ReplicaLag","cluster":"eu","instance":"shop:9100","job":"shop","severity":"warning"}', '{}', 1796026640892, 0, 1796026640892, 'http://127.0.0.1:@PROMETHEUS@/graph?g0.expr=db_lag_seconds%20%3E%2010&g0.tab=1');
INSERT INTO public.alerts VALUES ('595ebf71ee385d63', '{"alertname":"ReplicaLag","cluster":"us","instance":"shop:9100","job":"shop","severity":"warning"}', '{}', 1796026640892, 0, 1796026640892, 'http://127.0.0.1:@PROMETHEUS@/graph?g0.expr=db_lag_seconds%20%3E%2010&g0.tab=1');
INSERT INTO public.alerts VALUES ('4860e03250846d83', '{"alertname":"DiskFull","disk":"sda","instance":"shop:9100","job":"shop","team":"disk"}', '{}', 1796026640892, 0, 1796026640892, 'http://127.0.0.1:@PROMETHEUS@/graph?g0.expr=disk_free_ratio%20%3C%200.05&g0.tab=1');
INSERT INTO public.alerts VALUES ('24c58cf3e71dabd5', '{"alertname":"BackupOld","instance":"shop:9100","job":"shop","team":"backup","volume":"mail"}', '{}', 1796026640892, 0, 1796026640892, 'http://127.0.0.1:@PROMETHEUS@/graph?g0.expr=backup_age_seconds%20%3E%2086400&g0.tab=1');


--
-- Data for Name: deliveries; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.deliveries VALUES ('01a22b87afd7-0000-9f095369192c3740', 'backup
webhook[0]
http://127.0.0.1:@HOOKS@/...
{}/{team="backup"}:{alertname="BackupOld"}', 'backup', 'webhook[0]', 'http://127.0.0.1:@HOOKS@/...', '{}/{team="backup"}:{alertname="BackupOld"}', 'firing', '[FIRING:1] BackupOld (backup mail)', '{"version":"4","groupKey":"{}/{team=\"backup\"}:{alertname=\"BackupOld\"}","truncatedAlerts":0,"status":"firing","receiver":"backup","groupLabels":{"alertname":"BackupOld"},"commonLabels":{"alertname":"BackupOld","instance":"shop:9100","job":"shop","team":"backup","volume":"mail"},"commonAnnotations":{},"externalURL":"https://alertd.example.org","notificationReason":"first","alerts":[{"status":"firing","labels":{"alertname":"BackupOld","instance":"shop:9100","job":"shop","team":"backup","volume":"mail"},"annotations":{},"startsAt":"2026-11-30T08:17:20.892Z","endsAt":"0001-01-01T00:00:00Z","generatorURL":"http://127.0.0.1:@PROMETHEUS@/graph?g0.expr=backup_age_seconds%20%3E%2086400&g0.tab=1","fingerprint":"24c58cf3e71dabd5"}]}', 'delivered', 1, 1796026642391, 1796026642457, 1796026642457, '', 0, 'HTTP 200 OK: ok');
INSERT INTO public.deliveries VALUES ('01a22b87afd6-0000-fcabcdfd4f8f22ae', 'pager
webhook[0]
http://127.0.0.1:@HOOKS@/...
{}/{severity=~"critical|page"}:{alertname="Errors"}', 'pager', 'webhook[0]', 'http://127.0.0.1:@HOOKS@/...', '{}/{severity=~"critical|page"}:{alertname="Errors"}', 'firing', '[FIRING:2] Errors (page)', '{"version":"4","groupKey":"{}/{severity=~\"critical|page\"}:{alertname=\"Errors\"}","truncatedAlerts":0,"status":"firing","receiver":"pager","groupLabels":{"alertname":"Errors"},"commonLabels":{"alertname":"Errors","instance":"shop:9100","job":"shop","severity":"page"},"commonAnnotations":{},"externalURL":"https://alertd.example.org","notificationReason":"first","alerts":[{"status":"firing","labels":{"alertname":"Errors","instance":"shop:9100","job":"shop","severity":"page","shop":"berlin"},"annotations":{"summary":"3 errors in berlin"},"startsAt":"2026-11-30T08:17:20.622Z","endsAt":"0001-01-01T00:00:00Z","generatorURL":"http://127.0.0.1:@PROMETHEUS@/graph?g0.expr=shop_errors%20%3E%200&g0.tab=1","fingerprint":"d4c2673f71b0f5c1"},{"status":"firing","labels":{"alertname":"Errors","instance":"shop:9100","job":"shop","severity":"page","shop":"oslo"},"annotations":{"summary":"1 errors in oslo"},"startsAt":"2026-11-30T08:17:20.622Z","endsAt":"0001-01-01T00:00:00Z","generatorURL":"http://127.0.0.1:@PROMETHEUS@/graph?g0.expr=shop_errors%20%3E%200&g0.tab=1","fingerprint":"e862d9ccb0f301e0"}]}', 'delivered', 1, 1796026642390, 1796026642457, 1796026642457, '', 0, 'HTTP 200 OK: ok');
INSERT INTO public.deliveries VALUES ('01a22b87afd1-0000-05ecbb1da244ae35', 'chat
slack[0]
#shop
{}/{severity="critical"}:{alertname="DatabaseDown"}', 'chat', 'slack[0]', '#shop', '{}/{severity="critical"}:{alertname="DatabaseDown"}', 'firing', '[FIRING:1] DatabaseDown (eu critical)', '{"channel":"#shop","attachments":[{"title":"[FIRING:1] DatabaseDown no database in eu","title_link":"https://alertd.example.org","text":"*firing* no database in eu\n","fallback":"[FIRING:1] DatabaseDown no database in eu | https://alertd.example.org","color":"danger","mrkdwn_in":["fallback","pretext","text"]}]}', 'delivered', 1, 1796026642385, 1796026642454, 1796026642454, '', 0, 'HTTP 200 OK: ok');
INSERT INTO public.deliveries VALUES ('01a22b87afdb-0001-f3efe142f9e1ad4f', 'disk
webhook[0]
http://127.0.0.1:@DEAD@/...
{}/{team="disk"}:{alertname="DiskFull", disk="sda", instance="shop:9100", job="shop", team="disk"}', 'disk', 'webhook[0]', 'http://127.0.0.1:@DEAD@/...', '{}/{team="disk"}:{alertname="DiskFull", disk="sda", instance="shop:9100", job="shop", team="disk"}', 'firing', '[FIRING:1] DiskFull sda shop:9100 shop disk', '{"version":"4","groupKey":"{}/{team=\"disk\"}:{alertname=\"DiskFull\", disk=\"sda\", instance=\"shop:9100\", job=\"shop\", team=\"disk\"}","truncatedAlerts":0,"status":"firing","receiver":"disk","groupLabels":{"alertname":"DiskFull","disk":"sda","instance":"shop:9100","job":"shop","team":"disk"},"commonLabels":{"alertname":"DiskFull","disk":"sda","instance":"shop:9100","job":"shop","team":"disk"},"commonAnnotations":{},"externalURL":"https://alertd.example.org","notificationReason":"first","alerts":[{"status":"firing","labels":{"alertname":"DiskFull","disk":"sda","instance":"shop:9100","job":"shop","team":"disk"},"annotations":{},"startsAt":"2026-11-30T08:17:20.892Z","endsAt":"0001-01-01T00:00:00Z","generatorURL":"http://127.0.0.1:@PROMETHEUS@/graph?g0.expr=disk_free_ratio%20%3C%200.05&g0.tab=1","fingerprint":"4860e03250846d83"}]}', 'pending', 9, 1796026642395, 1796026664742, 0, '', 0, 'http://127.0.0.1:@DEAD@: connecting to 127.0.0.1:@DEAD@: Connection refused');
INSERT INTO public.deliveries VALUES ('01a22b87afd3-0000-58b093274ed6d5bd', 'pager
webhook[0]
http://127.0.0.1:@HOOKS@/...
{}/{severity=~"critical|page"}:{alertname="DatabaseDown"}', 'pager', 'webhook[0]', 'http://127.0.0.1:@HOOKS@/...', '{}/{severity=~"critical|page"}:{alertname="DatabaseDown"}', 'firing', '[FIRING:1] DatabaseDown (eu critical)', '{"version":"4","groupKey":"{}/{severity=~\"critical|page\"}:{alertname=\"DatabaseDown\"}","truncatedAlerts":0,"status":"firing","receiver":"pager","groupLabels":{"alertname":"DatabaseDown"},"commonLabels":{"alertname":"DatabaseDown","cluster":"eu","instance":"shop:9100","job":"shop","severity":"critical"},"commonAnnotations":{"summary":"no database in eu"},"externalURL":"https://alertd.example.org","notificationReason":"first","alerts":[{"status":"firing","labels":{"alertname":"DatabaseDown","cluster":"eu","instance":"shop:9100","job":"shop","severity":"critical"},"annotations":{"summary":"no database in eu"},"startsAt":"2026-11-30T08:17:20.892Z","endsAt":"0001-01-01T00:00:00Z","generatorURL":"http://127.0.0.1:@PROMETHEUS@/graph?g0.expr=db_up%20%3D%3D%200&g0.tab=1","fingerprint":"f745ecbbc2fcdf67"}]}', 'delivered', 1, 1796026642387, 1796026642457, 1796026642457, '', 0, 'HTTP 200 OK: ok');
INSERT INTO public.deliveries VALUES ('01a22b87afdb-0002-70aca520c18e5174', 'everyone
webhook[0]
http://127.0.0.1:@HOOKS@/...
{}:{alertname="Queue"}', 'everyone', 'webhook[0]', 'http://127.0.0.1:@HOOKS@/...', '{}:{alertname="Queue"}', 'firing', '[FIRING:2] Queue (info)', '{"version":"4","groupKey":"{}:{alertname=\"Queue\"}","truncatedAlerts":0,"status":"firing","receiver":"everyone","groupLabels":{"alertname":"Queue"},"commonLabels":{"alertname":"Queue","instance":"shop:9100","job":"shop","severity":"info"},"commonAnnotations":{},"externalURL":"https://alertd.example.org","notificationReason":"first","alerts":[{"status":"firing","labels":{"alertname":"Queue","instance":"shop:9100","job":"shop","queue":"mail","severity":"info"},"annotations":{},"startsAt":"2026-11-30T08:17:20.622Z","endsAt":"0001-01-01T00:00:00Z","generatorURL":"http://127.0.0.1:@PROMETHEUS@/graph?g0.expr=queue_length%20%3E%20100&g0.tab=1","fingerprint":"28db6d60dac7fc1e"},{"status":"firing","labels":{"alertname":"Queue","instance":"shop:9100","job":"shop","queue":"print","severity":"info"},"annotations":{},"startsAt":"2026-11-30T08:17:20.622Z","endsAt":"0001-01-01T00:00:00Z","generatorURL":"http://127.0.0.1:@PROMETHEUS@/graph?g0.expr=queue_age_seconds%20%3E%20600&g0.tab=1","fingerprint":"03e5ece32b1af6b8"}]}', 'delivered', 1, 1796026642395, 1796026642458, 1796026642458, '', 0, 'HTTP 200 OK: ok');
INSERT INTO public.deliveries VALUES ('01a22b87afde-0000-8fe7b675babf7e01', 'everyone
webhook[0]
http://127.0.0.1:@HOOKS@/...
{}:{alertname="ReplicaLag"}', 'everyone', 'webhook[0]', 'http://127.0.0.1:@HOOKS@/...', '{}:{alertname="ReplicaLag"}', 'firing', '[FIRING:1] ReplicaLag (us warning)', '{"version":"4","groupKey":"{}:{alertname=\"ReplicaLag\"}","truncatedAlerts":0,"status":"firing","receiver":"everyone","groupLabels":{"alertname":"ReplicaLag"},"commonLabels":{"alertname":"ReplicaLag","cluster":"us","instance":"shop:9100","job":"shop","severity":"warning"},"commonAnnotations":{},"externalURL":"https://alertd.example.org","notificationReason":"first","alerts":[{"status":"firing","labels":{"alertname":"ReplicaLag","cluster":"us","instance":"shop:9100","job":"shop","severity":"warning"},"annotations":{},"startsAt":"2026-11-30T08:17:20.892Z","endsAt":"0001-01-01T00:00:00Z","generatorURL":"http://127.0.0.1:@PROMETHEUS@/graph?g0.expr=db_lag_seconds%20%3E%2010&g0.tab=1","fingerprint":"595ebf71ee385d63"}]}', 'delivered', 1, 1796026642398, 1796026642458, 1796026642458, '', 0, 'HTTP 200 OK: ok');
INSERT INTO public.deliveries VALUES ('01a22b87afe2-0000-9743b1c3b128fc60', 'everyone
webhook[0]
http://127.0.0.1:@HOOKS@/...
{}:{alertname="StockLow"}', 'everyone', 'webhook[0]', 'http://127.0.0.1:@HOOKS@/...', '{}:{alertname="StockLow"}', 'firing', '[FIRING:1] StockLow (info oslo)', '{"version":"4","groupKey":"{}:{alertname=\"StockLow\"}","truncatedAlerts":0,"status":"firing","receiver":"everyone","groupLabels":{"alertname":"StockLow"},"commonLabels":{"alertname":"StockLow","instance":"shop:9100","job":"shop","severity":"info","shop":"oslo"},"commonAnnotations":{},"externalURL":"https://alertd.example.org","notificationReason":"first","alerts":[{"status":"firing","labels":{"alertname":"StockLow","instance":"shop:9100","job":"shop","severity":"info","shop":"oslo"},"annotations":{},"startsAt":"2026-11-30T08:17:20.622Z","endsAt":"0001-01-01T00:00:00Z","generatorURL":"http://127.0.0.1:@PROMETHEUS@/graph?g0.expr=shop_stock%20%3C%205&g0.tab=1","fingerprint":"9e667457e50c1244"}]}', 'delivered', 1, 1796026642402, 1796026642463, 1796026642463, '', 0, 'HTTP 200 OK: ok');
INSERT INTO public.deliveries VALUES ('01a22b87afdb-0000-fe5555766cf9a0c7', 'disk
email[0]
disk@example.org
{}/{team="disk"}:{alertname="DiskFull", disk="sda", instance="shop:9100", job="shop", team="disk"}', 'disk', 'email[0]', 'disk@example.org', '{}/{team="disk"}:{alertname="DiskFull", disk="sda", instance="shop:9100", job="shop", team="disk"}', 'firing', '[FIRING:1] DiskFull sda shop:9100 shop disk', '{"subject":"[FIRING:1] DiskFull sda shop:9100 shop disk","text":"FIRING since 2026-11-30 08:17:20 UTC: DiskFull\n  alertname: DiskFull\n  disk: sda\n  instance: shop:9100\n  job: shop\n  team: disk\n\nPicket: https://alertd.example.org\n","html":"<!DOCTYPE html><html><body style=\"margin:0;font-family:sans-serif;color:#1c2024;background:#f4f5f7\"><table role=\"presentation\" width=\"100%\" cellspacing=\"0\" cellpadding=\"0\"><tr><td align=\"center\" style=\"padding:24px\"><table role=\"presentation\" width=\"600\" cellspacing=\"0\" cellpadding=\"0\" style=\"background:#ffffff;border:1px solid #e3e6ea\"><tr><td style=\"padding:16px;color:#ffffff;background:#b3261e\"><b>[FIRING:1] DiskFull sda shop:9100 shop disk</b></td></tr><tr><td style=\"padding:12px 16px;border-bottom:1px solid #e3e6ea\"><b>DiskFull</b><br><span style=\"color:#5b6570;font-size:13px\">alertname=DiskFull disk=sda instance=shop:9100 job=shop team=disk </span> <a href=\"http://127.0.0.1:@PROMETHEUS@/graph?g0.expr=disk_free_ratio%20%3C%200.05&amp;g0.tab=1\">Expression</a></td></tr><tr><td style=\"padding:12px 16px;font-size:13px;color:#5b6570\">Sent by <a href=\"https://alertd.example.org\">Picket</a></td></tr></table></td></tr></table></body></html>","thread":"99e3a5bfde3769d858f5b2bf450c7c3e","headers":{}}', 'pending', 9, 1796026642395, 1796026665131, 0, '', 0, 'Failed to connect to 127.0.0.1 port 24425 after 0 ms: Couldn''t connect to server');


--
-- Data for Name: delivery_attempts; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.delivery_attempts VALUES ('01a22b87afdb-0000-fe5555766cf9a0c7', 6, 1796026655381, 'retry', 0, 'Failed to connect to 127.0.0.1 port 24425 after 0 ms: Couldn''t connect to server', '', 0, 0);
INSERT INTO public.delivery_attempts VALUES ('01a22b87afdb-0001-f3efe142f9e1ad4f', 1, 1796026642403, 'retry', 0, 'http://127.0.0.1:@DEAD@: connecting to 127.0.0.1:@DEAD@: Connection refused', '', 1, 0);
INSERT INTO public.delivery_attempts VALUES ('01a22b87afdb-0001-f3efe142f9e1ad4f', 7, 1796026656381, 'retry', 0, 'http://127.0.0.1:@DEAD@: connecting to 127.0.0.1:@DEAD@: Connection refused', '', 0, 0);
INSERT INTO public.delivery_attempts VALUES ('01a22b87afdb-0000-fe5555766cf9a0c7', 7, 1796026658381, 'retry', 0, 'Failed to connect to 127.0.0.1 port 24425 after 0 ms: Couldn''t connect to server', '', 0, 0);
INSERT INTO public.delivery_attempts VALUES ('01a22b87afdb-0000-fe5555766cf9a0c7', 1, 1796026642403, 'retry', 0, 'Failed to connect to 127.0.0.1 port 24425 after 0 ms: Couldn''t connect to server', '', 1, 0);
INSERT INTO public.delivery_attempts VALUES ('01a22b87afdb-0001-f3efe142f9e1ad4f', 8, 1796026659381, 'retry', 0, 'http://127.0.0.1:@DEAD@: connecting to 127.0.0.1:@DEAD@: Connection refused', '', 0, 0);
INSERT INTO public.delivery_attempts VALUES ('01a22b87afd6-0000-fcabcdfd4f8f22ae', 1, 1796026642403, 'delivered', 200, 'HTTP 200 OK: ok', '', 6, 0);
INSERT INTO public.delivery_attempts VALUES ('01a22b87afdb-0000-fe5555766cf9a0c7', 8, 1796026661381, 'retry', 0, 'Failed to connect to 127.0.0.1 port 24425 after 0 ms: Couldn''t connect to server', '', 0, 0);
INSERT INTO public.delivery_attempts VALUES ('01a22b87afde-0000-8fe7b675babf7e01', 1, 1796026642403, 'delivered', 200, 'HTTP 200 OK: ok', '', 5, 0);
INSERT INTO public.delivery_attempts VALUES ('01a22b87afdb-0001-f3efe142f9e1ad4f', 9, 1796026662381, 'retry', 0, 'http://127.0.0.1:@DEAD@: connecting to 127.0.0.1:@DEAD@: Connection refused', '', 0, 0);
INSERT INTO public.delivery_attempts VALUES ('01a22b87afe2-0000-9743b1c3b128fc60', 1, 1796026642455, 'delivered', 200, 'HTTP 200 OK: ok', '', 0, 0);
INSERT INTO public.delivery_attempts VALUES ('01a22b87afd3-0000-58b093274ed6d5bd', 1, 1796026642403, 'delivered', 200, 'HTTP 200 OK: ok', '', 6, 0);
INSERT INTO public.delivery_attempts VALUES ('01a22b87afd7-0000-9f095369192c3740', 1, 1796026642403, 'delivered', 200, 'HTTP 200 OK: ok', '', 6, 0);
INSERT INTO public.delivery_attempts VALUES ('01a22b87afdb-0002-70aca520c18e5174', 1, 1796026642403, 'delivered', 200, 'HTTP 200 OK: ok', '', 6, 0);
INSERT INTO public.delivery_attempts VALUES ('01a22b87afd1-0000-05ecbb1da244ae35', 1, 1796026642403, 'delivered', 200, 'HTTP 200 OK: ok', '', 3, 0);
INSERT INTO public.delivery_attempts VALUES ('01a22b87afdb-0001-f3efe142f9e1ad4f', 2, 1796026644381, 'retry', 0, 'http://127.0.0.1:@DEAD@: connecting to 127.0.0.1:@DEAD@: Connection refused', '', 0, 0);
INSERT INTO public.delivery_attempts VALUES ('01a22b87afdb-0000-fe5555766cf9a0c7', 2, 1796026644381, 'retry', 0, 'Failed to connect to 127.0.0.1 port 24425 after 0 ms: Couldn''t connect to server', '', 0, 0);
INSERT INTO public.delivery_attempts VALUES ('01a22b87afdb-0000-fe5555766cf9a0c7', 3, 1796026646381, 'retry', 0, 'Failed to connect to 127.0.0.1 port 24425 after 0 ms: Couldn''t connect to server', '', 0, 0);
INSERT INTO public.delivery_attempts VALUES ('01a22b87afdb-0001-f3efe142f9e1ad4f', 3, 1796026646384, 'retry', 0, 'http://127.0.0.1:@DEAD@: connecting to 127.0.0.1:@DEAD@: Connection refused', '', 0, 0);
INSERT INTO public.delivery_attempts VALUES ('01a22b87afdb-0001-f3efe142f9e1ad4f', 4, 1796026648381, 'retry', 0, 'http://127.0.0.1:@DEAD@: connecting to 127.0.0.1:@DEAD@: Connection refused', '', 0, 0);
INSERT INTO public.delivery_attempts VALUES ('01a22b87afdb-0000-fe5555766cf9a0c7', 4, 1796026649381, 'retry', 0, 'Failed to connect to 127.0.0.1 port 24425 after 0 ms: Couldn''t connect to server', '', 0, 0);
INSERT INTO public.delivery_attempts VALUES ('01a22b87afdb-0001-f3efe142f9e1ad4f', 5, 1796026651381, 'retry', 0, 'http://127.0.0.1:@DEAD@: connecting to 127.0.0.1:@DEAD@: Connection refused', '', 0, 0);
INSERT INTO public.delivery_attempts VALUES ('01a22b87afdb-0000-fe5555766cf9a0c7', 5, 1796026652381, 'retry', 0, 'Failed to connect to 127.0.0.1 port 24425 after 0 ms: Couldn''t connect to server', '', 0, 0);
INSERT INTO public.delivery_attempts VALUES ('01a22b87afdb-0001-f3efe142f9e1ad4f', 6, 1796026653381, 'retry', 0, 'http://127.0.0.1:@DEAD@: connecting to 127.0.0.1:@DEAD@: Connection refused', '', 0, 0);
INSERT INTO public.delivery_attempts VALUES ('01a22b87afdb-0000-fe5555766cf9a0c7', 9, 1796026663381, 'retry', 0, 'Failed to connect to 127.0.0.1 port 24425 after 0 ms: Couldn''t connect to server', '', 0, 0);


--
-- Data for Name: schema_migrations; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.schema_migrations VALUES ('outbox', 1, 'create_deliveries');
INSERT INTO public.schema_migrations VALUES ('dispatch', 1, 'create_dispatch');
INSERT INTO public.schema_migrations VALUES ('alertd_rules', 1, 'create_rule_alerts');


--
-- Data for Name: told; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.told VALUES ('{}/{severity="critical"}:{alertname="DatabaseDown"}', 'chat/slack[0]', 'f745ecbbc2fcdf67', 1796026642381);
INSERT INTO public.told VALUES ('{}/{severity=~"critical|page"}:{alertname="DatabaseDown"}', 'pager/webhook[0]', 'f745ecbbc2fcdf67', 1796026642381);
INSERT INTO public.told VALUES ('{}/{severity=~"critical|page"}:{alertname="Errors"}', 'pager/webhook[0]', 'd4c2673f71b0f5c1,e862d9ccb0f301e0', 1796026642381);
INSERT INTO public.told VALUES ('{}/{team="backup"}:{alertname="BackupOld"}', 'backup/webhook[0]', '24c58cf3e71dabd5', 1796026642381);
INSERT INTO public.told VALUES ('{}/{team="disk"}:{alertname="DiskFull", disk="sda", instance="shop:9100", job="shop", team="disk"}', 'disk/email[0]', '4860e03250846d83', 1796026642381);
INSERT INTO public.told VALUES ('{}/{team="disk"}:{alertname="DiskFull", disk="sda", instance="shop:9100", job="shop", team="disk"}', 'disk/webhook[0]', '4860e03250846d83', 1796026642381);
INSERT INTO public.told VALUES ('{}:{alertname="Queue"}', 'everyone/webhook[0]', '03e5ece32b1af6b8,28db6d60dac7fc1e', 1796026642381);
INSERT INTO public.told VALUES ('{}:{alertname="ReplicaLag"}', 'everyone/webhook[0]', '595ebf71ee385d63', 1796026642381);
INSERT INTO public.told VALUES ('{}:{alertname="StockLow"}', 'everyone/webhook[0]', '9e667457e50c1244', 1796026642381);


--
-- Name: alert_groups alert_groups_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.alert_groups
    ADD CONSTRAINT alert_groups_pkey PRIMARY KEY (group_key);


--
-- Name: alertd_rule_alerts alertd_rule_alerts_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.alertd_rule_alerts
    ADD CONSTRAINT alertd_rule_alerts_pkey PRIMARY KEY (rule_key, fingerprint);


--
-- Name: alerts alerts_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.alerts
    ADD CONSTRAINT alerts_pkey PRIMARY KEY (fingerprint);


--
-- Name: deliveries deliveries_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.deliveries
    ADD CONSTRAINT deliveries_pkey PRIMARY KEY (id);


--
-- Name: delivery_attempts delivery_attempts_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.delivery_attempts
    ADD CONSTRAINT delivery_attempts_pkey PRIMARY KEY (delivery_id, number);


--
-- Name: schema_migrations schema_migrations_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.schema_migrations
    ADD CONSTRAINT schema_migrations_pkey PRIMARY KEY (component, number);


--
-- Name: told told_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.told
    ADD CONSTRAINT told_pkey PRIMARY KEY (group_key, integration);


--
-- Name: deliveries_due; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX deliveries_due ON public.deliveries USING btree (state, next_try_at);


--
-- Name: deliveries_lane; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX deliveries_lane ON public.deliveries USING btree (lane, state, id);


--
-- PostgreSQL database dump complete
--


