ALTER TABLE "Submissions"
    ADD COLUMN status VARCHAR(20) NOT NULL DEFAULT 'received'
        CHECK (status IN ('received', 'reviewed', 'archived'));
