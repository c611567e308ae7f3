using Amazon.SQS.Model;

namespace FuncQueue.Sqs.Tests;

/// <summary>What requests may say, and how: values, spellings and headers that clients send.</summary>
public sealed class InputTests(AppFixture app) : SqsTest(app)
{
    private SignedHttp Raw => new(Endpoint);

    [Theory]
    [InlineData("true")]
    [InlineData("True")]
    [InlineData("TRUE")]
    public async Task Truth_is_taken_in_any_case_and_shown_in_lower_case(string yes)
    {
        var no = yes.Replace("true", "false", StringComparison.OrdinalIgnoreCase);
        var url = await QueueNamedAsync(
            NewName(".fifo"),
            ("FifoQueue", yes),
            ("ContentBasedDeduplication", yes),
            ("SqsManagedSseEnabled", no == "false" ? "False" : no)
        );
        var attributes = (await Sqs.GetQueueAttributesAsync(url, ["All"])).Attributes;
        (attributes["FifoQueue"], attributes["ContentBasedDeduplication"], attributes["SqsManagedSseEnabled"]).ShouldBe(
            ("true", "true", "false")
        );
        await Sqs.SetQueueAttributesAsync(
            url,
            new()
            {
                ["FifoQueue"] = yes,
                ["ContentBasedDeduplication"] = "FALSE",
                ["SqsManagedSseEnabled"] = yes,
            }
        );
        attributes = (await Sqs.GetQueueAttributesAsync(url, ["All"])).Attributes;
        (attributes["ContentBasedDeduplication"], attributes["SqsManagedSseEnabled"]).ShouldBe(("false", "true"));
        // The same queue, created again in another spelling.
        (await QueueNamedAsync(NameOf(url), ("FifoQueue", "true"), ("SqsManagedSseEnabled", "True"))).ShouldBe(url);
        NameOf(await QueueNamedAsync(NewName(), ("FifoQueue", "False"))).ShouldNotEndWith(".fifo");
        foreach (var bad in new[] { "yes", "1", "", "true ", "wahr" })
            await FailsAsync<InvalidAttributeValueException>(
                () => Sqs.SetQueueAttributesAsync(url, new() { ["ContentBasedDeduplication"] = bad }),
                "InvalidAttributeValue"
            );
    }

    [Fact]
    public async Task A_batch_is_too_long_by_all_its_entries_those_with_faults_of_their_own_too()
    {
        var url = await QueueAsync();
        var long1 = new string('y', 1_048_577);
        var attribute = new Dictionary<string, MessageAttributeValue> { ["bad name"] = Text(new string('v', 600_000)) };
        foreach (
            var batch in new List<SendMessageBatchRequestEntry>[]
            {
                [new("a", "x"), new("b", long1)],
                [new("a", "x"), new("b", long1[1..])],
                [new("a", new string('x', 600_000)), new("b", "\u0001" + new string('x', 600_000))],
                [new("a", new string('x', 500_000)), new("b", "x") { MessageAttributes = attribute }],
            }
        )
        {
            await FailsAsync<BatchRequestTooLongException>(
                () => Sqs.SendMessageBatchAsync(url, batch),
                "AWS.SimpleQueueService.BatchRequestTooLong"
            );
        }

        (await Sqs.GetQueueAttributesAsync(url, ["All"])).ApproximateNumberOfMessages.ShouldBe(0);
        (await Sqs.SendMessageBatchAsync(url, [new("a", "x"), new("b", long1[2..])])).Successful.Count.ShouldBe(2);
    }

    [Theory]
    [InlineData("\\ud800")]
    [InlineData("a\\udc00b")]
    [InlineData("\\ud800\\ud800")]
    public async Task Half_a_surrogate_pair_is_told_to_be_none_of_Unicode_and_fails_its_entry_alone(string half)
    {
        var name = NameOf(await QueueAsync());
        (await Raw.JsonAsync("SendMessage", $$"""{"QueueUrl":"{{name}}","MessageBody":"{{half}}"}""")).Type.ShouldBe(
            "InvalidMessageContents"
        );
        (
            await Raw.JsonAsync(
                "SendMessage",
                $$$$"""{"QueueUrl":"{{{{name}}}}","MessageBody":"x","MessageAttributes":{"a":{"DataType":"String","StringValue":"{{{{half}}}}"}}}"""
            )
        ).Code.ShouldBe("InvalidParameterValue");
        (await Raw.JsonAsync("CreateQueue", $$"""{"QueueName":"{{half}}"}""")).Code.ShouldBe("InvalidParameterValue");
        var batch = await Raw.JsonAsync(
            "SendMessageBatch",
            $$"""{"QueueUrl":"{{name}}","Entries":[{"Id":"a","MessageBody":"x"},{"Id":"b","MessageBody":"{{half}}"}]}"""
        );
        batch.Json["Successful"]!.AsArray().ShouldHaveSingleItem()!["Id"]!.GetValue<string>().ShouldBe("a");
        batch.Json["Failed"]!.AsArray().ShouldHaveSingleItem()!["Code"]!.GetValue<string>().ShouldBe("InvalidMessageContents");
        // A whole pair is a character.
        (await Raw.JsonAsync("SendMessage", $$"""{"QueueUrl":"{{name}}","MessageBody":"\ud83d\udc4b"}""")).Code.ShouldBeNull();
    }

    [Fact]
    public async Task Queues_of_another_region_or_account_are_refused_by_the_setting_that_says_which_are_here()
    {
        var (url, dead) = (await QueueAsync(), await QueueAsync());
        foreach (
            var (arn, setting) in new[]
            {
                ($"arn:aws:sqs:eu-west-1:000000000000:{NameOf(dead)}", "FuncQueueSqs__Region"),
                ($"arn:aws:sqs:us-east-1:111111111111:{NameOf(dead)}", "FuncQueueSqs__AccountId"),
            }
        )
        {
            (
                await IsInvalidAsync(() =>
                    Sqs.SetQueueAttributesAsync(
                        url,
                        new() { ["RedrivePolicy"] = $$"""{"deadLetterTargetArn":"{{arn}}","maxReceiveCount":3}""" }
                    )
                )
            ).Message.ShouldContain(setting);
            (
                await FailsAsync<InvalidAttributeValueException>(
                    () =>
                        Sqs.SetQueueAttributesAsync(
                            dead,
                            new() { ["RedriveAllowPolicy"] = $$"""{"redrivePermission":"byQueue","sourceQueueArns":["{{arn}}"]}""" }
                        ),
                    "InvalidAttributeValue"
                )
            ).Message.ShouldContain(setting);
            (
                await FailsAsync<ResourceNotFoundException>(
                    () => Sqs.StartMessageMoveTaskAsync(new StartMessageMoveTaskRequest { SourceArn = arn }),
                    "ResourceNotFoundException",
                    HttpStatusCode.NotFound
                )
            ).Message.ShouldContain(setting);
            (
                await FailsAsync<ResourceNotFoundException>(
                    () => Sqs.ListMessageMoveTasksAsync(new ListMessageMoveTasksRequest { SourceArn = arn }),
                    "ResourceNotFoundException",
                    HttpStatusCode.NotFound
                )
            ).Message.ShouldContain(setting);
        }
    }

    [Theory]
    [InlineData("DeduplicationScope", "queue")]
    [InlineData("FifoThroughputLimit", "perQueue")]
    public async Task What_only_FIFO_queues_have_names_the_attribute_that_makes_one(string name, string value)
    {
        var url = await QueueAsync();
        foreach (
            var set in new Func<Task>[]
            {
                () => Sqs.SetQueueAttributesAsync(url, new() { [name] = value }),
                () => QueueAsync((name, value)),
            }
        )
        {
            (await FailsAsync<InvalidAttributeNameException>(set, "InvalidAttributeName")).Message.ShouldBe(
                $"You can specify the {name} only when FifoQueue is set to true."
            );
        }
    }

    [Fact]
    public async Task Empty_lists_and_maps_are_left_out_in_JSON()
    {
        var name = NameOf(await QueueAsync());
        (await Raw.JsonAsync("ListQueueTags", $$"""{"QueueUrl":"{{name}}"}""")).Text.ShouldBe("{}");
        (await Raw.JsonAsync("GetQueueAttributes", $$"""{"QueueUrl":"{{name}}"}""")).Text.ShouldBe("{}");
        (await Raw.JsonAsync("GetQueueAttributes", $$"""{"QueueUrl":"{{name}}","AttributeNames":["Policy"]}""")).Text.ShouldBe("{}");
        var sent = await Raw.JsonAsync("SendMessageBatch", $$"""{"QueueUrl":"{{name}}","Entries":[{"Id":"a","MessageBody":"x"}]}""");
        sent.Json.AsObject().Select(m => m.Key).ShouldBe(["Successful"]);
    }

    private static MessageAttributeValue Text(string value) => new() { DataType = "String", StringValue = value };
}
