using Amazon.SQS.Model;

namespace FuncQueue.Sqs.Tests;

/// <summary>The batch actions: up to ten entries, each of which succeeds or fails by itself.</summary>
public sealed class BatchTests(AppFixture app) : SqsTest(app)
{
    [Fact]
    public async Task Ten_messages_are_sent_received_changed_and_deleted_together()
    {
        var url = await QueueAsync();
        var sent = await Sqs.SendMessageBatchAsync(
            url,
            [
                .. Enumerable
                    .Range(0, 10)
                    .Select(i => new SendMessageBatchRequestEntry($"id-{i}_", $"body {i}")
                    {
                        MessageAttributes = new()
                        {
                            ["n"] = new MessageAttributeValue { DataType = "Number", StringValue = $"{i}" },
                        },
                    }),
            ]
        );
        sent.Failed.ShouldBeNull();
        sent.Successful.Select(s => s.Id).ShouldBe(Enumerable.Range(0, 10).Select(i => $"id-{i}_"));
        var received = await ReceiveAsync(url, r => (r.MaxNumberOfMessages, r.MessageAttributeNames) = (10, ["n"]));
        received.Select(m => m.Body).ShouldBe(Enumerable.Range(0, 10).Select(i => $"body {i}"), ignoreOrder: true);
        received.ShouldAllBe(m => m.Body == $"body {m.MessageAttributes["n"].StringValue}");
        received.Select(m => m.MessageId).ShouldBe(sent.Successful.Select(s => s.MessageId), ignoreOrder: true);
        var changed = await Sqs.ChangeMessageVisibilityBatchAsync(
            url,
            [
                .. received.Select(
                    (m, i) => new ChangeMessageVisibilityBatchRequestEntry($"{i}", m.ReceiptHandle) { VisibilityTimeout = 600 + i }
                ),
            ]
        );
        (changed.Successful.Count, changed.Failed).ShouldBe((10, null));
        var deleted = await Sqs.DeleteMessageBatchAsync(
            url,
            [.. received.Select((m, i) => new DeleteMessageBatchRequestEntry($"{i}", m.ReceiptHandle))]
        );
        (deleted.Successful.Count, deleted.Failed).ShouldBe((10, null));
        var counts = await Sqs.GetQueueAttributesAsync(url, ["All"]);
        (counts.ApproximateNumberOfMessages + counts.ApproximateNumberOfMessagesNotVisible).ShouldBe(0);
    }

    [Fact]
    public async Task Entries_that_are_wrong_fail_alone()
    {
        var url = await QueueAsync(("MaximumMessageSize", "1024"));
        var sent = await Sqs.SendMessageBatchAsync(
            url,
            [
                new("good", "x"),
                new("empty", ""),
                new("late", "x") { DelaySeconds = 901 },
                new("binary", "\u0001"),
                new("long", new string('x', 1025)),
                new("attribute", "x")
                {
                    MessageAttributes = new()
                    {
                        ["a"] = new MessageAttributeValue { DataType = "Text", StringValue = "x" },
                    },
                },
                new("id", "x") { MessageDeduplicationId = "d" },
                new("also-good", "y"),
            ]
        );
        sent.Successful.Select(s => s.Id).ShouldBe(["good", "also-good"], ignoreOrder: true);
        sent.Failed.Select(f => (f.Id, f.Code, f.SenderFault))
            .ShouldBe(
                [
                    ("empty", "MissingParameter", true),
                    ("late", "InvalidParameterValue", true),
                    ("binary", "InvalidMessageContents", true),
                    ("long", "InvalidParameterValue", true),
                    ("attribute", "InvalidParameterValue", true),
                    ("id", "InvalidParameterValue", true),
                ],
                ignoreOrder: true
            );
        var received = await ReceiveAsync(url, r => r.MaxNumberOfMessages = 10);
        received.Select(m => m.Body).ShouldBe(["x", "y"], ignoreOrder: true);
        var changed = await Sqs.ChangeMessageVisibilityBatchAsync(
            url,
            [
                new("good", received[0].ReceiptHandle) { VisibilityTimeout = 100 },
                new("range", received[1].ReceiptHandle) { VisibilityTimeout = 43_201 },
                new("none", "no receipt") { VisibilityTimeout = 1 },
                new("without", received[1].ReceiptHandle),
            ]
        );
        changed.Successful.Select(s => s.Id).ShouldBe(["good"]);
        changed
            .Failed.Select(f => (f.Id, f.Code))
            .ShouldBe([("range", "InvalidParameterValue"), ("none", "ReceiptHandleIsInvalid"), ("without", "MissingParameter")]);
        var deleted = await Sqs.DeleteMessageBatchAsync(
            url,
            [new("good", received[0].ReceiptHandle), new("none", "no receipt"), new("empty", "")]
        );
        deleted.Successful.Select(s => s.Id).ShouldBe(["good"]);
        deleted
            .Failed.Select(f => (f.Id, f.Code, f.SenderFault))
            .ShouldBe([("empty", "MissingParameter", true), ("none", "ReceiptHandleIsInvalid", true)], ignoreOrder: true);
    }

    [Fact]
    public async Task A_batch_of_none_or_more_than_ten_or_with_bad_ids_is_refused_whole()
    {
        var url = await QueueAsync();
        foreach (var batch in Batches(url))
        {
            await FailsAsync<EmptyBatchRequestException>(() => batch([]), "AWS.SimpleQueueService.EmptyBatchRequest");
            (
                await FailsAsync<TooManyEntriesInBatchRequestException>(
                    () => batch([.. Enumerable.Range(0, 11).Select(i => $"{i}")]),
                    "AWS.SimpleQueueService.TooManyEntriesInBatchRequest"
                )
            ).Message.ShouldBe("Maximum number of entries per request are 10. You have sent 11.");
            await FailsAsync<BatchEntryIdsNotDistinctException>(
                () => batch(["a", "b", "a"]),
                "AWS.SimpleQueueService.BatchEntryIdsNotDistinct"
            );
            foreach (var id in new[] { "", "a b", "a.b", "ä", new string('i', 81) })
                await FailsAsync<InvalidBatchEntryIdException>(() => batch(["a", id]), "AWS.SimpleQueueService.InvalidBatchEntryId");
        }

        (await Sqs.GetQueueAttributesAsync(url, ["All"])).ApproximateNumberOfMessages.ShouldBe(0);
    }

    [Fact]
    public async Task The_messages_of_a_batch_have_a_mebibyte_together()
    {
        var url = await QueueAsync();
        var half = new string('x', 524_288);
        (await Sqs.SendMessageBatchAsync(url, [new("a", half), new("b", half)])).Successful.Count.ShouldBe(2);
        (
            await FailsAsync<BatchRequestTooLongException>(
                () => Sqs.SendMessageBatchAsync(url, [new("a", half), new("b", half + "y")]),
                "AWS.SimpleQueueService.BatchRequestTooLong"
            )
        ).Message.ShouldBe("Batch requests cannot be longer than 1048576 bytes. You have sent 1048577 bytes.");
        (await Sqs.GetQueueAttributesAsync(url, ["All"])).ApproximateNumberOfMessages.ShouldBe(2);
    }

    private IEnumerable<Func<IReadOnlyList<string>, Task>> Batches(string url) =>
        [
            ids => Sqs.SendMessageBatchAsync(url, [.. ids.Select(i => new SendMessageBatchRequestEntry(i, "x"))]),
            ids => Sqs.DeleteMessageBatchAsync(url, [.. ids.Select(i => new DeleteMessageBatchRequestEntry(i, "r"))]),
            ids =>
                Sqs.ChangeMessageVisibilityBatchAsync(
                    url,
                    [.. ids.Select(i => new ChangeMessageVisibilityBatchRequestEntry(i, "r") { VisibilityTimeout = 1 })]
                ),
        ];
}
