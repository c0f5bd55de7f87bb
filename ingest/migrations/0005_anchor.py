import django.db.models.deletion
from django.db import migrations, models

#: Whatever was related before the anchors is related again: it has none yet, and nothing would find it.
AGAIN = """
    INSERT INTO ingest_work (signal_id, stage, revision, since, attempts, error)
    SELECT id, 'relate', revision, CURRENT_TIMESTAMP, 0, '' FROM ingest_signal
    WHERE id NOT IN (SELECT signal_id FROM ingest_work WHERE stage = 'relate')
"""


class Migration(migrations.Migration):
    dependencies = [
        ("ingest", "0004_judgement_model"),
    ]

    operations = [
        migrations.CreateModel(
            name="Anchor",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "key", "signal_id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("key", models.BigIntegerField()),
                (
                    "signal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="anchors",
                        to="ingest.signal",
                    ),
                ),
                ("few", models.BooleanField(help_text="its signal has hardly any: one shared is enough")),
            ],
        ),
        migrations.RunSQL(AGAIN, migrations.RunSQL.noop),
    ]
