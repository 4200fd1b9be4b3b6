BEGIN;

DROP TABLE "ConversationMessages";
DROP FUNCTION touch_conversation_thread();
DROP TABLE "ConversationThreads";

COMMIT;
