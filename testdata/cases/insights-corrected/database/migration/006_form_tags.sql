CREATE TABLE "FormTags" (
    "formId" UUID NOT NULL REFERENCES "Forms"(id) ON DELETE CASCADE,
    tag VARCHAR(50) NOT NULL,
    PRIMARY KEY ("formId", tag)
);
