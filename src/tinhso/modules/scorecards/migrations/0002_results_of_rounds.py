"""What a closed round keeps: measured points with their snapshot, and the ranking by verified points."""

import django.db.models.deletion
from django.db import migrations, models

STOPS = "Nobody waits: no released version has rounds, so their tables are empty when this runs."


class Migration(migrations.Migration):

    dependencies = [
        ('files', '0002_sent_by_anybody'),
        ('scorecards', '0001_initial'),
        ('units', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='VerifiedPlace',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('rank', models.PositiveIntegerField(null=True)),
                ('tied', models.PositiveIntegerField()),
                ('mark', models.CharField(blank=True, max_length=80)),
                ('earned', models.CharField(max_length=80)),
                ('reachable', models.CharField(max_length=80)),
                ('open', models.CharField(max_length=80)),
                ('why', models.CharField(blank=True, max_length=20)),
                ('smallest', models.PositiveBigIntegerField(default=0)),
                ('denominator', models.PositiveBigIntegerField(default=0)),
            ],
        ),
        migrations.AddField(
            model_name='line',
            name='denominator',
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name='line',
            name='measured',
            field=models.CharField(blank=True, db_default='', max_length=80),
        ),
        migrations.AddField(
            model_name='line',
            name='numerator',
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name='line',
            name='status',
            field=models.CharField(blank=True, db_default='', max_length=16),
        ),
        migrations.AddField(
            model_name='round',
            name='computed_at',
            field=models.CharField(blank=True, db_default='', max_length=40),
        ),
        migrations.AddField(
            model_name='round',
            name='moved_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='round',
            name='snapshot',
            field=models.PositiveBigIntegerField(null=True),
        ),
        migrations.AddConstraint(
            model_name='line',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status', 'measured'), models.Q(('measured', ''), _negated=True)), models.Q(models.Q(('status', 'measured'), _negated=True), ('measured', '')), _connector='OR'), name='measured_points_exactly_when_measured'),
        ),
        migrations.AddConstraint(
            model_name='round',
            constraint=models.CheckConstraint(condition=models.Q(('snapshot__isnull', True), ('state', 'closed'), _connector='OR'), name='round_snapshot_only_when_closed'),
        ),
        migrations.AddField(
            model_name='verifiedplace',
            name='round',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='places', to='scorecards.round'),
        ),
        migrations.AddField(
            model_name='verifiedplace',
            name='unit',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='units.unit'),
        ),
        migrations.AddConstraint(
            model_name='verifiedplace',
            constraint=models.UniqueConstraint(fields=('round', 'unit'), name='verified_place_once'),
        ),
        migrations.AddConstraint(
            model_name='verifiedplace',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('rank__gte', 1), ('why', ''), models.Q(('mark', ''), _negated=True)), models.Q(('rank__isnull', True), models.Q(('why', ''), _negated=True)), _connector='OR'), name='verified_place_has_rank_or_reason'),
        ),
    ]
