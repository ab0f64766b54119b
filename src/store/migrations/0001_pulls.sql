CREATE TABLE "codegen"."pulls" (
	"installation" bigint NOT NULL,
	"repo" bigint NOT NULL,
	"owner" text NOT NULL,
	"name" text NOT NULL,
	"number" integer NOT NULL,
	"issue" integer,
	"requester" text NOT NULL,
	"requester_id" bigint NOT NULL,
	"branch" text NOT NULL,
	"head" text,
	"created_at" timestamp (3) with time zone DEFAULT clock_timestamp() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT clock_timestamp() NOT NULL,
	CONSTRAINT "pulls_repo_number_pk" PRIMARY KEY("repo","number")
);
--> statement-breakpoint
ALTER TABLE "codegen"."usage" ADD COLUMN "steps" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "codegen"."usage" ADD COLUMN "ms" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
CREATE INDEX "usage_at" ON "codegen"."usage" USING btree ("at");