"""Gives each database role the rows and columns of accounts that it needs, and no more."""

from django.db import migrations

RIGHTS = """
-- Portal: its pages, its JSON interface and its worker. Rows of one institution at a time.
grant select, update (left_at, pruefnummer_ordered_at) on accounts_institution to zuzahlung_portal;
grant select, insert, update on accounts_person, accounts_secret, accounts_invitation, accounts_apikey,
    accounts_notice, accounts_registration to zuzahlung_portal;
grant select, insert, update, delete on accounts_throttle, accounts_puzzle to zuzahlung_portal;
grant select, delete on accounts_session to zuzahlung_portal;

alter table accounts_institution enable row level security;
alter table accounts_person enable row level security;
alter table accounts_secret enable row level security;
alter table accounts_invitation enable row level security;
alter table accounts_apikey enable row level security;
alter table accounts_notice enable row level security;
alter table accounts_session enable row level security;

create policy own on accounts_institution to zuzahlung_portal using (id = (select current_institution()));
create policy own on accounts_person to zuzahlung_portal using (institution = (select current_institution()));
create policy own on accounts_secret to zuzahlung_portal using (institution = (select current_institution()));
create policy own on accounts_invitation to zuzahlung_portal using (institution = (select current_institution()));
create policy own on accounts_apikey to zuzahlung_portal using (institution = (select current_institution()));
create policy own on accounts_notice to zuzahlung_portal using (institution = (select current_institution()));
-- Sessions are opened and kept by the functions below, which want the hash of the key; rows are for lists.
create policy own on accounts_session to zuzahlung_portal using (institution = (select current_institution()));

-- Operator: directory, queues, people without secrets.
grant select, insert, update on accounts_institution to zuzahlung_operator;
grant select (id, ik, terms_version, asked_at, state, settled_at), update (state, settled_at)
    on accounts_registration to zuzahlung_operator;
grant select, insert, update, delete on accounts_throttle to zuzahlung_operator;
grant select (id, institution, sign_in, short_name, role, state, email_confirmed_at, terms_version,
              terms_accepted_at, made_at, used_at, left_at, recovery_paused_until)
    on accounts_person to zuzahlung_operator;
grant select (id, institution, person, kind, state, letter, made_at, expires_at), update (state)
    on accounts_secret to zuzahlung_operator;
grant select (id, institution, name, scopes, prefix, made_by, made_at, revoked_at), update (revoked_at)
    on accounts_apikey to zuzahlung_operator;
grant insert on accounts_notice to zuzahlung_operator;
grant select, insert, update, delete on accounts_operator, accounts_operator_groups,
    accounts_operator_user_permissions, auth_group, auth_group_permissions, otp_totp_totpdevice
    to zuzahlung_operator;
grant select on auth_permission, django_content_type, django_migrations to zuzahlung_operator;
grant select on django_migrations to zuzahlung_portal;
grant usage on all sequences in schema public to zuzahlung_operator;
create policy operator on accounts_institution to zuzahlung_operator using (true);
create policy operator on accounts_person for select to zuzahlung_operator using (true);
create policy operator_read on accounts_apikey for select to zuzahlung_operator using (true);
-- The operator ends keys, and brings none back to life.
create policy operator_change on accounts_apikey for update to zuzahlung_operator
    using (revoked_at is null) with check (revoked_at is not null);
create policy operator_read on accounts_secret for select to zuzahlung_operator using (true);
-- The operator ends secrets, and brings none back to life.
create policy operator_change on accounts_secret for update to zuzahlung_operator
    using (true) with check (state <> 'valid');
create policy operator on accounts_notice for insert to zuzahlung_operator with check (true);

-- The queue of tasks: arguments are ids only.
grant select, insert, update, delete on procrastinate_jobs, procrastinate_events,
    procrastinate_periodic_defers, procrastinate_workers to zuzahlung_portal, zuzahlung_operator;
grant usage on procrastinate_jobs_id_seq, procrastinate_events_id_seq, procrastinate_periodic_defers_id_seq,
    procrastinate_workers_id_seq to zuzahlung_portal, zuzahlung_operator;
"""

FUNCTIONS = """
create function person_signing_in(p_sign_in text, p_now timestamptz)
returns table (id uuid, institution uuid, state text, password text, initial_hash text, initial_id uuid,
               used_at timestamptz, is_removed boolean)
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
begin
    return query
    select p.id, p.institution, p.state::text, p.password::text, s.hash, s.id, p.used_at,
           i.removed_at is not null
      from accounts_person p
      left join accounts_institution i on i.id = p.institution
      left join lateral (
          select x.hash, x.id from accounts_secret x
           where x.person = p.id and x.kind = 'initial' and x.state = 'valid' and x.expires_at > p_now
           order by x.made_at desc limit 1) s on true
     where p.sign_in = p_sign_in and p.state <> 'left';
end $$;

-- Whom a Prüfnummer wakes: an owner of an institution, with the hash of the institution's Prüfnummer.
create function person_recovering(p_sign_in text)
returns table (id uuid, institution uuid, secret uuid, hash text, is_removed boolean)
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
begin
    return query
    select p.id, p.institution, s.id, s.hash, i.removed_at is not null
      from accounts_person p
      left join accounts_institution i on i.id = p.institution
      left join lateral (
          select x.id, x.hash from accounts_secret x
           where x.institution = p.institution and x.kind = 'pruefnummer' and x.state = 'valid'
           order by x.made_at desc limit 1) s on true
     where p.sign_in = p_sign_in and p.state = 'active' and p.role = 'owner';
end $$;

create function person_of_session(p_id uuid)
returns table (id uuid, institution uuid, sign_in text, short_name text, role text, state text, password text,
               institution_name text, institution_ik text, service_kinds text[], terms_version text)
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
begin
    return query
    select p.id, p.institution, p.sign_in::text, p.short_name::text, p.role::text, p.state::text,
           p.password::text, i.name::text, i.ik::text, i.service_kinds::text[], p.terms_version::text
      from accounts_person p join accounts_institution i on i.id = p.institution
     where p.id = p_id and p.state = 'active' and i.left_at is null and i.removed_at is null;
end $$;

create function institution_of_ik(p_ik text)
returns table (id uuid, has_address boolean, is_registered boolean, owner uuid)
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
begin
    return query
    select i.id, i.street <> '' and i.postcode <> '' and i.city <> '',
           exists (select from accounts_person p where p.institution = i.id and p.state = 'active'),
           (select p.id from accounts_person p where p.institution = i.id and p.short_name = '')
      from accounts_institution i
     where i.ik = p_ik and i.missing_at is null and i.removed_at is null;
end $$;

create function invitation_of_token(p_token bytea) returns setof accounts_invitation
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
begin
    return query select * from accounts_invitation i where i.token_hash = p_token;
end $$;

create function institution_of_key(p_token bytea)
returns table (key uuid, key_name text, scopes text[], institution uuid, ik text, name text,
               service_kinds text[])
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
begin
    return query
    select k.id, k.name::text, k.scopes::text[], i.id, i.ik::text, i.name::text, i.service_kinds::text[]
      from accounts_apikey k join accounts_institution i on i.id = k.institution
     where k.token_hash = p_token and k.revoked_at is null and i.left_at is null and i.removed_at is null;
end $$;

-- A session is known by the hash of its random key alone, before anybody knows whose it is. Each site reaches
-- its own: those of operators belong to no institution, those of signed-in people to one.
create function session_is_in_reach(p_institution uuid, p_person uuid) returns boolean
language sql stable set search_path = pg_catalog as $$
    select case session_user when 'zuzahlung_operator' then p_institution is null
                             else p_institution is not null or p_person is null end
$$;

create function session_open(p_key text, p_now timestamptz) returns setof accounts_session
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
begin
    return query select * from accounts_session s
     where s.session_key = p_key and s.expire_date > p_now and session_is_in_reach(s.institution, s.person);
end $$;

-- Says false where a new key is taken, or where an old one was ended meanwhile.
create function session_save(
    p_is_new boolean, p_key text, p_data text, p_expires timestamptz, p_institution uuid, p_person uuid,
    p_started timestamptz, p_seen timestamptz, p_browser text) returns boolean
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
    if p_is_new then
        insert into accounts_session (session_key, session_data, expire_date, institution, person, started_at,
                                      seen_at, browser)
        values (p_key, p_data, p_expires, p_institution, p_person, p_started, p_seen, p_browser)
        on conflict do nothing;
    else
        update accounts_session s set session_data = p_data, expire_date = p_expires, institution = p_institution,
               person = p_person, started_at = p_started, seen_at = p_seen, browser = p_browser
         where s.session_key = p_key and session_is_in_reach(s.institution, s.person);
    end if;
    return found;
end $$;

create function session_end(p_key text) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
    delete from accounts_session s where s.session_key = p_key and session_is_in_reach(s.institution, s.person);
end $$;

create function sessions_tidy(p_now timestamptz) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
    delete from accounts_session s where s.expire_date < p_now;
end $$;

-- Housekeeping goes across institutions, by time alone. What is open stays, however old; and whatever the caller
-- says, nothing goes within its first month. An owner who was there sees a notice, whenever that is.
create function accounts_forget(
    p_now timestamptz, p_registration_days int, p_invitation_days int, p_notice_days int, p_secret_days int)
returns table (registrations bigint, invitations bigint, notices bigint, secrets bigint)
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
    v_now timestamptz := least(p_now, now());
begin
    delete from accounts_registration r
     where r.state not in ('open', 'unknown', 'no-address')
       and r.settled_at < v_now - make_interval(days => greatest(p_registration_days, 30));
    get diagnostics registrations = row_count;
    delete from accounts_invitation i
     where least(i.used_at, i.revoked_at, i.expires_at)
         < v_now - make_interval(days => greatest(p_invitation_days, 30));
    get diagnostics invitations = row_count;
    delete from accounts_notice n
     where n.at < v_now - make_interval(days => greatest(p_notice_days, 30))
       and not exists (select from accounts_person p
                        where p.institution = n.institution and p.state = 'active' and p.role = 'owner'
                          and p.made_at < n.at and not p.id = any (n.seen_by));
    get diagnostics notices = row_count;
    delete from accounts_secret s
     where s.state <> 'valid' and s.made_at < v_now - make_interval(days => greatest(p_secret_days, 30));
    get diagnostics secrets = row_count;
    return next;
end $$;

-- What was revoked since a backup was made would be good again after it is restored: so all keys and open
-- invitations end, and every institution with an account is told to look. The owner of the tables calls it.
create function accounts_restored(p_now timestamptz, p_entry uuid, p_kept_until date)
returns table (keys bigint, invitations bigint, institutions bigint)
language plpgsql volatile set search_path = pg_catalog, public, pg_temp as $$
begin
    update accounts_apikey set revoked_at = p_now where revoked_at is null;
    get diagnostics keys = row_count;
    update accounts_invitation set revoked_at = p_now where used_at is null and revoked_at is null;
    get diagnostics invitations = row_count;
    insert into accounts_notice (id, institution, kind, at, seen_by)
    select gen_random_uuid(), p.institution, 'restored', p_now, '{}' from accounts_person p
     where p.state = 'active' group by p.institution;
    get diagnostics institutions = row_count;
    insert into delivery_outgoing (id, institution, channel, kind, subject, recipient, state, made_at, not_before_at,
                                   attempts, reason, message_id, file_name, sha256)
    select gen_random_uuid(), p.institution, 'mail', 'accounts.notice', n.id, jsonb_build_object('person', p.id),
           'waiting', p_now, p_now, 0, '', '', '', ''
      from accounts_notice n join accounts_person p on p.institution = n.institution
     where n.kind = 'restored' and n.at = p_now
       and p.state = 'active' and p.role = 'owner' and p.email_confirmed_at is not null;
    insert into journal_entry (id, at, actor_kind, actor_name, action, detail, kept_until_on)
    values (p_entry, p_now, 'operator', 'Befehlszeile', 'house-restored',
            jsonb_build_object('keys', keys, 'invitations', invitations, 'institutions', institutions), p_kept_until);
    return next;
end $$;

revoke execute on function accounts_forget, accounts_restored from public;
grant execute on function accounts_forget to zuzahlung_portal;
revoke execute on function session_is_in_reach, session_open, session_save, session_end, sessions_tidy from public;
grant execute on function session_open, session_save, session_end to zuzahlung_portal, zuzahlung_operator;
grant execute on function sessions_tidy to zuzahlung_portal;
revoke execute on function person_signing_in(text, timestamptz), person_recovering(text),
    person_of_session(uuid), institution_of_ik(text), invitation_of_token(bytea), institution_of_key(bytea) from public;
grant execute on function person_signing_in(text, timestamptz), person_recovering(text),
    person_of_session(uuid), institution_of_ik(text), invitation_of_token(bytea), institution_of_key(bytea) to zuzahlung_portal;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("journal", "0001_journal"),
        ("delivery", "0001_initial"),
        ("admin", "0003_logentry_add_action_flag_choices"),
        ("otp_totp", "0003_add_timestamps"),
        ("procrastinate", "0041_post_retry_failed_job"),
    ]
    operations = [
        migrations.RunSQL(RIGHTS, migrations.RunSQL.noop),
        migrations.RunSQL(FUNCTIONS, migrations.RunSQL.noop),
    ]
