"""Back-ups (sao lưu) that agree with themselves while people work and records load.

What must agree: the site's database says which deliveries have reached the lake; the lake holds
what they brought. A site copy newer than the lake copy could say "delivered" of a record that the
lake copy lacks: lost for ever. A site copy older than the lake copy only says "waiting" of what the
lake has: the worker delivers it again, and the lake knows the repeat. So the lake must never be
behind. But a lake ahead could also hold the record of an act that the site copy has not.

Both are ruled out by pinning both at one moment when nothing can be committed to the lake:

1. The ledger's witness is copied first. It names the ledger's last signed head; a witness older
   than the database is extended by it, one newer would accuse the restored database of forgetting.
2. The lake's writer lock is taken. A worker commits to the lake under it, and marks a delivery done
   afterwards: whatever the site says is delivered is in the lake. And whatever the lake holds
   was owed by an act that the site has committed.
3. Under the lock, a reading transaction is opened on the site's database, then one on the lake's
   catalog: both now see this moment and no later. That takes milliseconds; then the lock goes.
4. Everything is copied from these transactions while work goes on. Parquet files are written
   before the commit that names them, never changed, never deleted: those that the pinned catalog
   names are all there. Uploaded files are stored before the row that names them commits, so they
   are copied after the database.

When a long load keeps the lock, the two are pinned in the same order without it (the manifest says
so): the lake is then at most a moment ahead, which redelivery mends.

The keys in TINHSO_HOME/secrets never go into the archive: whoever finds one must not find both.
"""
