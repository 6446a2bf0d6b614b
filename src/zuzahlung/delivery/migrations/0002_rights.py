"""Lets the portal's role see the outbox of one institution, and the operator all of it."""

from django.db import migrations

RIGHTS = """
alter table delivery_outgoing enable row level security;
create policy own on delivery_outgoing to zuzahlung_portal using (institution = (select current_institution()));
create policy operator_read on delivery_outgoing for select to zuzahlung_operator using (true);
create policy operator_change on delivery_outgoing for update to zuzahlung_operator using (true);
grant select, insert, update on delivery_outgoing to zuzahlung_portal;
create policy operator_add on delivery_outgoing for insert to zuzahlung_operator with check (true);
grant select (id, institution, channel, kind, subject, recipient, state, made_at, not_before_at, attempts,
              next_attempt_at, reason, message_id, file_name, sha256, done_at),
    insert, update (state, reason, done_at, next_attempt_at) on delivery_outgoing to zuzahlung_operator;
create index delivery_outgoing_open on delivery_outgoing (channel, state, made_at)
    where state in ('waiting', 'printed', 'returned', 'failed');
"""

# The worker serves every institution in turn: these two say whose turn it is, and nothing of the content.
FUNCTIONS = """
create function outgoing_due(p_channel text, p_now timestamptz) returns table (id uuid, institution uuid)
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
begin
    return query
    select o.id, o.institution from delivery_outgoing o
     where o.channel = p_channel and o.state = 'waiting' and o.not_before_at <= p_now
       and (o.next_attempt_at is null or o.next_attempt_at <= p_now)
     order by o.not_before_at limit 1000;
end $$;

create function letters_printed()
returns table (id uuid, kind text, recipient jsonb, sha256 text, done_at timestamptz)
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
begin
    return query
    select o.id, o.kind::text, o.recipient, o.sha256::text, o.done_at from delivery_outgoing o
     where o.channel = 'letter' and o.state = 'printed' order by o.done_at, o.id;
end $$;

-- What waits or lies in the print folder stays, however old; whatever the caller says, nothing goes within a month.
create function delivery_forget(p_now timestamptz, p_letter_days int, p_mail_days int)
returns table (letters bigint, mails bigint)
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
declare
    v_now timestamptz := least(p_now, now());
begin
    delete from delivery_outgoing o
     where o.channel = 'letter' and o.state in ('posted', 'returned', 'failed', 'cancelled')
       and coalesce(o.done_at, o.made_at) < v_now - make_interval(days => greatest(p_letter_days, 30));
    get diagnostics letters = row_count;
    delete from delivery_outgoing o
     where o.channel = 'mail' and o.state in ('sent', 'failed', 'cancelled')
       and coalesce(o.done_at, o.made_at) < v_now - make_interval(days => greatest(p_mail_days, 30));
    get diagnostics mails = row_count;
    return next;
end $$;

revoke execute on function outgoing_due(text, timestamptz), letters_printed(), delivery_forget from public;
grant execute on function outgoing_due(text, timestamptz), letters_printed(), delivery_forget to zuzahlung_portal;
"""


class Migration(migrations.Migration):
    dependencies = [("delivery", "0001_initial"), ("journal", "0001_journal")]
    operations = [
        migrations.RunSQL(RIGHTS, migrations.RunSQL.noop),
        migrations.RunSQL(FUNCTIONS, migrations.RunSQL.noop),
    ]
