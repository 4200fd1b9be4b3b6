ALTER TABLE "ContextDiscoveryRun" ADD COLUMN error_message TEXT;
