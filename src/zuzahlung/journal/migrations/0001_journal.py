"""Makes the journal: a table that the portal may add to and read, and nobody may change."""

from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models

TABLE = """
create function current_institution() returns uuid language sql stable parallel safe as
  $$ select nullif(current_setting('app.institution', true), '')::uuid $$;

create table journal_entry (
    id uuid not null,
    institution uuid,
    at timestamptz not null,
    actor_kind varchar(10) not null check (actor_kind in ('person', 'key', 'operator', 'system', 'nobody')),
    actor uuid,
    actor_name text not null,
    action text not null,
    permission text,
    permission_text text,
    permission_until_on date,
    subject bytea,
    subject_key smallint,
    days date[],
    result text,
    detail jsonb not null,
    sealed bytea,
    kept_until_on date not null,
    constraint journal_query_is_permitted check (
        action <> 'exemption-query' or (
            institution is not null and actor is not null and actor_kind in ('person', 'key')
            and permission in ('in-person', 'in-writing', 'electronic', 'telephone', 'legal-representative', 'series')
            and (permission <> 'series' or permission_until_on is not null)
            and coalesce(permission_text, '') <> ''
            and subject is not null and subject_key is not null
            and cardinality(days) > 0 and result is not null
        ) is true -- A check that comes out as null would let the row in.
    )
);
-- What the pages of an institution narrow by lies in the index itself: a search that finds nothing reads a few
-- megabytes of it, and not every page of the table on which the institution has an entry.
create unique index journal_entry_of_institution on journal_entry (institution, id)
    include (action, at, actor, result, days);
create index journal_entry_of_house on journal_entry (id) where institution is null;
create index journal_entry_of_operators on journal_entry (id) where actor_kind = 'operator';
create index journal_entry_subject on journal_entry (subject) where subject is not null;
create index journal_entry_kept on journal_entry using brin (kept_until_on);

alter table journal_entry enable row level security;
create policy own_read on journal_entry for select to zuzahlung_portal
    using (institution = (select current_institution()));
create policy own_add on journal_entry for insert to zuzahlung_portal
    with check ((institution = (select current_institution()) and actor_kind <> 'operator')
                or (institution is null and actor_kind in ('system', 'nobody')));
create policy operator_read on journal_entry for select to zuzahlung_operator using (true);
create policy operator_add on journal_entry for insert to zuzahlung_operator
    with check (actor_kind in ('operator', 'system'));
create policy operator_expire on journal_entry for delete to zuzahlung_operator
    using (kept_until_on < (now() at time zone 'Europe/Berlin')::date);

grant select, insert on journal_entry to zuzahlung_portal;
grant insert, delete on journal_entry to zuzahlung_operator;
-- The sealed part (number and initials of the insured) is for the institution alone.
grant select (id, institution, at, actor_kind, actor, actor_name, action, permission, permission_text,
              permission_until_on, subject, subject_key, days, result, detail, kept_until_on)
    on journal_entry to zuzahlung_operator;

-- The keys that the vault of this house has had, by a mark that tells nothing of them.
create table journal_keymark (id smallint primary key, mark text not null);
grant select on journal_keymark to zuzahlung_portal;
grant select, insert on journal_keymark to zuzahlung_operator;
"""

RIGHTS = """
grant usage on schema public to zuzahlung_portal, zuzahlung_operator;
grant execute on function current_institution() to zuzahlung_portal, zuzahlung_operator;
"""


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    TABLE, "drop table journal_entry, journal_keymark; drop function current_institution()"
                ),
                migrations.RunSQL(RIGHTS, migrations.RunSQL.noop),
            ],
            state_operations=[
                migrations.CreateModel(
                    name="Entry",
                    fields=[
                        ("id", models.UUIDField(primary_key=True, serialize=False)),
                        ("institution", models.UUIDField(null=True)),
                        ("at", models.DateTimeField()),
                        ("actor_kind", models.CharField(max_length=10)),
                        ("actor", models.UUIDField(null=True)),
                        ("actor_name", models.TextField()),
                        ("action", models.TextField()),
                        ("permission", models.TextField(null=True)),
                        ("permission_text", models.TextField(null=True)),
                        ("permission_until_on", models.DateField(null=True)),
                        ("subject", models.BinaryField(null=True)),
                        ("subject_key", models.SmallIntegerField(null=True)),
                        ("days", ArrayField(base_field=models.DateField(), null=True, size=None)),
                        ("result", models.TextField(null=True)),
                        ("detail", models.JSONField(default=dict)),
                        ("sealed", models.BinaryField(null=True)),
                        ("kept_until_on", models.DateField()),
                    ],
                    options={
                        "db_table": "journal_entry",
                        "ordering": ("-id",),
                        "verbose_name": "Journaleintrag",
                        "verbose_name_plural": "Journal",
                    },
                ),
            ],
        ),
    ]
