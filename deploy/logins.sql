-- The roles and the database, made once by whoever may make them (a superuser, or CREATEROLE + CREATEDB + BYPASSRLS).
-- Six passwords come from the environment. Running it again only sets the passwords:
--   JIFEN_MIGRATOR_PASSWORD=… JIFEN_APP_PASSWORD=… … psql postgresql://…/postgres -f deploy/logins.sql
\set ON_ERROR_STOP on
\getenv migrator JIFEN_MIGRATOR_PASSWORD
\getenv app JIFEN_APP_PASSWORD
\getenv worker JIFEN_WORKER_PASSWORD
\getenv admin JIFEN_ADMIN_PASSWORD
\getenv verifier JIFEN_VERIFIER_PASSWORD
\getenv backup JIFEN_BACKUP_PASSWORD

-- The owner of everything cannot log in: nobody who serves people can change the walls.
SELECT 'CREATE ROLE jifen_owner NOLOGIN'
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'jifen_owner') \gexec
SELECT format('CREATE ROLE jifen_%s LOGIN NOINHERIT NOSUPERUSER%s', login, rights)
FROM (VALUES ('migrator', ''), ('app', ''), ('worker', ''), ('admin', ''), ('verifier', ''), ('backup', ' BYPASSRLS'))
     AS wanted (login, rights)
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'jifen_' || login) \gexec

ALTER ROLE jifen_migrator PASSWORD :'migrator';
ALTER ROLE jifen_app PASSWORD :'app';
ALTER ROLE jifen_worker PASSWORD :'worker';
ALTER ROLE jifen_admin PASSWORD :'admin';
ALTER ROLE jifen_verifier PASSWORD :'verifier';
ALTER ROLE jifen_backup PASSWORD :'backup';
GRANT jifen_owner TO jifen_migrator;
GRANT jifen_owner TO CURRENT_USER;

\if :{?database}
\else
    \set database jifen
\endif
SELECT format('CREATE DATABASE %I OWNER jifen_owner', :'database')
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'database') \gexec
REVOKE ALL ON DATABASE :"database" FROM PUBLIC;
GRANT CONNECT ON DATABASE :"database"
    TO jifen_migrator, jifen_app, jifen_worker, jifen_admin, jifen_verifier, jifen_backup;
