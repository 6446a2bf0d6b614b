"""Makes the registry's table, what an import does to it, and the two functions of every query: open, then write."""

from django.db import migrations

REGISTRY = """
create table exemptions_insured (
    stand int not null,
    fingerprint bytea not null,
    initials text not null,
    adult_on date,
    periods datemultirange not null,
    primary key (fingerprint, stand)
) partition by list (stand);
create unique index exemptions_one_served on exemptions_stand (state) where state = 'served';
alter table exemptions_quota set (fillfactor = 50);
"""

RIGHTS = """
grant select on exemptions_stand to zuzahlung_portal;
grant select, insert, update on exemptions_quota to zuzahlung_portal;
grant select, insert, update, delete on exemptions_repeat, exemptions_listquery, exemptions_listrow
    to zuzahlung_portal;
grant usage on exemptions_listrow_id_seq to zuzahlung_portal;
grant select, insert, update, delete on exemptions_stand to zuzahlung_operator;
grant usage on exemptions_stand_id_seq to zuzahlung_operator;
grant select, insert, update on exemptions_quota to zuzahlung_operator;

alter table exemptions_quota enable row level security;
alter table exemptions_repeat enable row level security;
alter table exemptions_listquery enable row level security;
alter table exemptions_listrow enable row level security;
create policy own on exemptions_quota to zuzahlung_portal using (institution = (select current_institution()));
create policy own on exemptions_repeat to zuzahlung_portal using (institution = (select current_institution()));
create policy own on exemptions_listquery to zuzahlung_portal
    using (institution = (select current_institution()));
create policy own on exemptions_listrow to zuzahlung_portal using (institution = (select current_institution()));
create policy operator on exemptions_quota to zuzahlung_operator using (true);
"""

# The portal reads the registry through this function only: one insured at a time, by fingerprint.
OPEN = """
create function exemption_open(p_token bytea, p_key_ids smallint[], p_prints bytea[])
returns table (key uuid, key_name text, scopes text[], institution uuid, ik text, name text,
               service_kinds text[], stand int, stand_day date, stand_key smallint,
               initials text, adult_on date, periods text)
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
begin
    return query
    select k.key, k.key_name, k.scopes, k.institution, k.ik, k.name, k.service_kinds,
           s.id, s.day, s.key_id, p.initials, p.adult_on, p.periods::text
      from (select) as one
      left join institution_of_key(p_token) k on true
      left join exemptions_stand s on s.state = 'served'
      left join exemptions_insured p
             on p.stand = s.id and p.fingerprint = p_prints[array_position(p_key_ids, s.key_id)];
end $$;
revoke execute on function exemption_open(bytea, smallint[], bytea[]) from public;
grant execute on function exemption_open(bytea, smallint[], bytea[]) to zuzahlung_portal;
"""

# One durable statement: repeat check, journal entry, quota. It runs with the caller's rights, so that
# row-level security holds here too. ZQ001: no quota left. ZQ002: repeated with another question.
WRITE = """
create function exemption_write(
    p_id uuid, p_institution uuid, p_now timestamptz, p_today date,
    p_actor_kind text, p_actor uuid, p_actor_name text,
    p_permission text, p_permission_text text, p_permission_until date,
    p_subject bytea, p_subject_key smallint, p_days date[], p_result text, p_detail jsonb, p_sealed bytea,
    p_kept_until date, p_repeat bytea, p_question bytea,
    p_per_day int, p_per_burst int, p_burst_seconds int, p_unknown_per_day int, p_counts_burst boolean)
returns table (entry uuid, is_repeat boolean, per_day int, used int, unknown_per_day int, unknown int,
               per_burst int, burst_used int, burst_at timestamptz)
language plpgsql volatile set search_path = pg_catalog, public, pg_temp as $$
declare
    v_entry uuid;
    v_question bytea;
begin
    perform set_config('app.institution', p_institution::text, true);
    if p_repeat is not null then
        insert into exemptions_repeat as r (id, institution, question, entry, at)
        values (p_repeat, p_institution, p_question, p_id, p_now)
        on conflict (id) do update set question = excluded.question, entry = excluded.entry, at = excluded.at
            where r.at < excluded.at - interval '24 hours';
        if not found then
            select r.entry, r.question into v_entry, v_question from exemptions_repeat r where r.id = p_repeat;
            if v_question is distinct from p_question then
                raise exception 'repeated with another question' using errcode = 'ZQ002';
            end if;
            entry := v_entry;
            is_repeat := true;
            return next;
            return;
        end if;
    end if;

    insert into journal_entry (id, institution, at, actor_kind, actor, actor_name, action, permission,
        permission_text, permission_until_on, subject, subject_key, days, result, detail, sealed, kept_until_on)
    values (p_id, p_institution, p_now, p_actor_kind, p_actor, p_actor_name, 'exemption-query', p_permission,
        p_permission_text, p_permission_until, p_subject, p_subject_key, p_days, p_result, p_detail, p_sealed,
        p_kept_until);

    -- The quota row comes last: it is locked until the commit, and everybody of the institution waits for it.
    for attempt in 1..2 loop
        return query
        update exemptions_quota x set
            -- Midnight may pass between two clocks; a day that has begun for the quota is never taken back.
            on_day = greatest(x.on_day, p_today),
            used = case when x.on_day >= p_today then x.used else 0 end + 1,
            unknown = case when x.on_day >= p_today then x.unknown else 0 end
                + case when p_result = 'unknown' then 1 else 0 end,
            burst_at = case when x.burst_at > p_now - make_interval(secs => p_burst_seconds)
                            then x.burst_at else p_now end,
            burst_used = case when x.burst_at > p_now - make_interval(secs => p_burst_seconds)
                              then x.burst_used else 0 end + case when p_counts_burst then 1 else 0 end
        where x.institution = p_institution
          and case when x.on_day >= p_today then x.used else 0 end < coalesce(x.per_day, p_per_day)
          and case when x.on_day >= p_today then x.unknown else 0 end
              < coalesce(x.unknown_per_day, p_unknown_per_day)
          and (not p_counts_burst
               or x.burst_at is null or x.burst_at <= p_now - make_interval(secs => p_burst_seconds)
               or x.burst_used < coalesce(x.per_burst, p_per_burst))
        returning p_id, false, coalesce(x.per_day, p_per_day), x.used,
            coalesce(x.unknown_per_day, p_unknown_per_day), x.unknown,
            coalesce(x.per_burst, p_per_burst), x.burst_used, x.burst_at;
        if found then
            return;
        end if;
        -- Two first queries at once: whoever comes second waits here for the row of the other, and counts on it.
        insert into exemptions_quota (institution, on_day, used, unknown, burst_used)
        values (p_institution, p_today, 0, 0, 0) on conflict do nothing;
    end loop;
    raise exception 'no quota left' using errcode = 'ZQ001';
end $$;
revoke execute on function exemption_write from public;
grant execute on function exemption_write to zuzahlung_portal;
"""

# Housekeeping goes across institutions, by time alone, and tells nothing of any row but its id.
KEEPING = """
create index exemptions_list_at_work on exemptions_listquery (worked_at) where state = 'running';

create function lists_at_work(p_worked_before timestamptz) returns table (id uuid, institution uuid)
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
begin
    return query
    select l.id, l.institution from exemptions_listquery l
     where l.state = 'running' and l.worked_at < p_worked_before;
end $$;

create function exemptions_forget(p_now timestamptz, p_list_days int)
returns table (repeats bigint, lists bigint)
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
    v_now timestamptz := least(p_now, now());
    v_lists uuid[];
begin
    delete from exemptions_repeat where at < v_now - interval '24 hours';
    get diagnostics repeats = row_count;
    select coalesce(array_agg(l.id), '{}') into v_lists from exemptions_listquery l
     where l.done_at < v_now - make_interval(days => greatest(p_list_days, 1))
        or (l.state = 'checked' and l.made_at < v_now - interval '24 hours');
    delete from exemptions_listrow where list_query_id = any (v_lists);
    delete from exemptions_listquery where id = any (v_lists);
    get diagnostics lists = row_count;
    return next;
end $$;
revoke execute on function lists_at_work, exemptions_forget from public;
grant execute on function lists_at_work, exemptions_forget to zuzahlung_portal;
"""

# The operator's role fills the table of a stand that is loading, and no other: making it, putting it among
# the served tables and dropping it are done by their owner. pg_temp stands last in the search path, or a
# temporary table of the caller would be taken for one of ours.
IMPORT = """
create function exemption_stand_prepare(p_stand int) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
    if not exists (select from exemptions_stand s where s.id = p_stand and s.state = 'loading') then
        raise exception 'stand % is not loading', p_stand;
    end if;
    execute format('create table public.exemptions_insured_%s (like public.exemptions_insured, check (stand = %s))',
                   p_stand, p_stand);
    execute format('grant select, insert, delete on public.exemptions_insured_%s to zuzahlung_operator', p_stand);
end $$;

-- Says false where a fingerprint stands twice; then nothing has changed. The check of the stand spares
-- attaching the table a look at each row; readers of other stands are not held up by it.
create function exemption_stand_seal(p_stand int) returns boolean
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
    if not exists (select from exemptions_stand s where s.id = p_stand and s.state = 'loading') then
        raise exception 'stand % is not loading', p_stand;
    end if;
    begin
        execute format('alter table public.exemptions_insured_%s add primary key (fingerprint, stand)', p_stand);
    exception when unique_violation then
        return false;
    end;
    execute format('revoke all on public.exemptions_insured_%s from zuzahlung_operator', p_stand);
    execute format('analyze public.exemptions_insured_%s', p_stand);
    execute format('alter table exemptions_insured attach partition public.exemptions_insured_%s for values in (%s)',
                   p_stand, p_stand);
    return true;
end $$;

create function exemption_stand_missing(p_old int, p_new int) returns bigint
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
declare
    v_missing bigint;
begin
    execute format('select count(*) from exemptions_insured o where o.stand = %s and not exists '
                   '(select from exemptions_insured n where n.stand = %s and n.fingerprint = o.fingerprint)',
                   p_old, p_new) into v_missing;
    return v_missing;
end $$;

-- Dropping waits for readers, and readers who come later wait behind it: not longer than this.
create function exemption_stand_drop(p_stand int) returns void
language plpgsql volatile security definer
set search_path = pg_catalog, public, pg_temp set lock_timeout = '50ms' as $$
begin
    if exists (select from exemptions_stand s where s.id = p_stand and s.state in ('served', 'waiting')) then
        raise exception 'stand % is served or waits', p_stand;
    end if;
    execute format('drop table if exists public.exemptions_insured_%s', p_stand);
end $$;

revoke execute on function exemption_stand_prepare(int), exemption_stand_seal(int),
    exemption_stand_missing(int, int), exemption_stand_drop(int) from public;
grant execute on function exemption_stand_prepare(int), exemption_stand_seal(int),
    exemption_stand_missing(int, int), exemption_stand_drop(int) to zuzahlung_operator;
"""


class Migration(migrations.Migration):
    dependencies = [("exemptions", "0001_initial"), ("journal", "0001_journal"), ("accounts", "0002_rights")]
    operations = [
        migrations.RunSQL(REGISTRY, migrations.RunSQL.noop),
        migrations.RunSQL(RIGHTS, migrations.RunSQL.noop),
        migrations.RunSQL(IMPORT, migrations.RunSQL.noop),
        migrations.RunSQL(OPEN, migrations.RunSQL.noop),
        migrations.RunSQL(WRITE, migrations.RunSQL.noop),
        migrations.RunSQL(KEEPING, migrations.RunSQL.noop),
    ]
