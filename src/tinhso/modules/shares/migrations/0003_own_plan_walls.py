"""The walls around own plans in versions; apart from 0002, whose rows have to be numbered first."""

from django.db import migrations, models

STOPS = "Nobody waits: no released version has own plans, so their table is empty when this runs."


class Migration(migrations.Migration):

    dependencies = [
        ('shares', '0002_own_plan_items'),
    ]

    operations = [
        migrations.AddConstraint(
            model_name='ownplan',
            constraint=models.CheckConstraint(condition=models.Q(('file__isnull', False), models.Q(('link', ''), _negated=True), ('state', 'draft'), ('itemised', True), _connector='OR'), name='own_plan_can_be_read'),
        ),
        migrations.AddConstraint(
            model_name='ownplan',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('file', None), ('link', '')), models.Q(models.Q(('number', ''), _negated=True), ('issued__isnull', False)), _connector='OR'), name='own_plan_document_has_number'),
        ),
        migrations.AddConstraint(
            model_name='ownplan',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'draft'), ('submitted_at', None)), models.Q(models.Q(('state', 'draft'), _negated=True), ('submitted_at__isnull', False)), _connector='OR'), name='own_plan_handed_in_unless_draft'),
        ),
        migrations.AddConstraint(
            model_name='ownplan',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_at', None), ('state__in', ['draft', 'submitted'])), models.Q(('decided_at__isnull', False), ('state__in', ['approved', 'returned'])), _connector='OR'), name='own_plan_decided_exactly_when_it_is_over'),
        ),
        migrations.AddConstraint(
            model_name='ownplan',
            constraint=models.UniqueConstraint(fields=('plan', 'unit', 'version'), name='own_plan_version_once'),
        ),
        migrations.AddConstraint(
            model_name='ownplan',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ['draft', 'submitted'])), fields=('plan', 'unit'), name='own_plan_one_is_open'),
        ),
    ]
