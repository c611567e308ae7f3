using Amazon.SQS.Model;

namespace FuncQueue.Sqs.Tests;

/// <summary>CreateQueue, GetQueueUrl, ListQueues, DeleteQueue.</summary>
public sealed class QueueTests(AppFixture app) : SqsTest(app)
{
    [Fact]
    public async Task A_queue_is_created_under_a_URL_of_the_endpoint_and_found_by_its_name()
    {
        var name = NewName("_A-z");
        var url = await QueueNamedAsync(name);
        url.ShouldBe($"{App.App.Address}/000000000000/{name}");
        (await Sqs.GetQueueUrlAsync(name)).QueueUrl.ShouldBe(url);
        (
            await Sqs.GetQueueUrlAsync(new GetQueueUrlRequest { QueueName = name, QueueOwnerAWSAccountId = "000000000000" })
        ).QueueUrl.ShouldBe(url);
    }

    [Fact]
    public async Task A_queue_that_does_not_exist_is_not_found_by_any_action()
    {
        var url = $"{Endpoint}/000000000000/{NewName()}";
        foreach (
            var call in new Func<Task>[]
            {
                () => Sqs.GetQueueUrlAsync(NameOf(url)),
                () => Sqs.SendMessageAsync(url, "x"),
                () => Sqs.SendMessageBatchAsync(url, [new("a", "x")]),
                () => Sqs.ReceiveMessageAsync(url),
                () => Sqs.DeleteMessageAsync(url, "r"),
                () => Sqs.DeleteMessageBatchAsync(url, [new("a", "r")]),
                () => Sqs.ChangeMessageVisibilityAsync(url, "r", 1),
                () => Sqs.ChangeMessageVisibilityBatchAsync(url, [new("a", "r") { VisibilityTimeout = 1 }]),
                () => Sqs.GetQueueAttributesAsync(url, ["All"]),
                () => Sqs.GetQueueAttributesAsync(url, ["QueueArn"]),
                () => Sqs.SetQueueAttributesAsync(url, new() { ["DelaySeconds"] = "1" }),
                () => Sqs.PurgeQueueAsync(url),
                () => Sqs.DeleteQueueAsync(url),
                () =>
                    Sqs.TagQueueAsync(
                        new TagQueueRequest
                        {
                            QueueUrl = url,
                            Tags = new() { ["a"] = "b" },
                        }
                    ),
                () => Sqs.UntagQueueAsync(new UntagQueueRequest { QueueUrl = url, TagKeys = ["a"] }),
                () => Sqs.ListQueueTagsAsync(new ListQueueTagsRequest { QueueUrl = url }),
                () => Sqs.AddPermissionAsync(url, "l", ["111111111111"], ["SendMessage"]),
                () => Sqs.RemovePermissionAsync(url, "l"),
                () => Sqs.ListDeadLetterSourceQueuesAsync(new ListDeadLetterSourceQueuesRequest { QueueUrl = url }),
            }
        )
        {
            await FailsAsync<QueueDoesNotExistException>(call, "AWS.SimpleQueueService.NonExistentQueue");
        }
    }

    [Fact]
    public async Task A_queue_of_another_account_does_not_exist()
    {
        var name = NameOf(await QueueAsync());
        await FailsAsync<QueueDoesNotExistException>(
            () => Sqs.SendMessageAsync($"{Endpoint}/111111111111/{name}", "x"),
            "AWS.SimpleQueueService.NonExistentQueue"
        );
        await FailsAsync<QueueDoesNotExistException>(
            () => Sqs.GetQueueUrlAsync(new GetQueueUrlRequest { QueueName = name, QueueOwnerAWSAccountId = "111111111111" }),
            "AWS.SimpleQueueService.NonExistentQueue"
        );
    }

    [Fact]
    public async Task A_queue_is_known_under_a_URL_of_any_host_and_under_its_name()
    {
        var name = NameOf(await QueueAsync());
        foreach (
            var url in new[]
            {
                $"https://queue.example.com/000000000000/{name}",
                $"http://other/sqs/000000000000/{name}/",
                $"000000000000/{name}",
                name,
            }
        )
            (await Sqs.SendMessageAsync(url, "x")).MessageId.ShouldNotBeNull(url);
        (await Sqs.GetQueueAttributesAsync(name, ["ApproximateNumberOfMessages"])).ApproximateNumberOfMessages.ShouldBe(4);
    }

    [Theory]
    [InlineData("ftp://host/000000000000/q")]
    [InlineData("http://")]
    [InlineData("/")]
    public async Task What_is_no_address_of_a_queue_is_an_invalid_address(string url) =>
        await FailsAsync<InvalidAddressException>(() => Sqs.SendMessageAsync(url, "x"), "InvalidAddress", HttpStatusCode.NotFound);

    [Theory]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData("a.b")]
    [InlineData("ä")]
    [InlineData("x.fifo")]
    [InlineData("123456789012345678901234567890123456789012345678901234567890123456789012345678901")]
    public async Task A_name_outside_the_rules_is_refused(string name) =>
        await FailsAsync(() => Sqs.CreateQueueAsync(name), name.Length == 0 ? "MissingParameter" : "InvalidParameterValue");

    [Fact]
    public async Task A_name_may_have_80_characters_and_is_case_sensitive()
    {
        var name = NewName(new string('a', 40)).PadRight(80, 'z');
        var url = await QueueNamedAsync(name);
        NameOf(url).ShouldBe(name);
        await FailsAsync<QueueDoesNotExistException>(
            () => Sqs.GetQueueUrlAsync(name.ToUpperInvariant()),
            "AWS.SimpleQueueService.NonExistentQueue"
        );
    }

    [Fact]
    public async Task Creating_a_queue_again_with_the_same_attributes_or_fewer_returns_it_and_with_others_does_not()
    {
        var name = NewName();
        var url = await QueueNamedAsync(name, ("VisibilityTimeout", "77"), ("MaximumMessageSize", "2048"));
        (await QueueNamedAsync(name, ("VisibilityTimeout", "77"), ("MaximumMessageSize", "2048"))).ShouldBe(url);
        (await QueueNamedAsync(name, ("VisibilityTimeout", "77"))).ShouldBe(url);
        (await QueueNamedAsync(name)).ShouldBe(url);
        var differs = await FailsAsync<QueueNameExistsException>(
            () => QueueNamedAsync(name, ("MaximumMessageSize", "4096")),
            "QueueAlreadyExists"
        );
        differs.Message.ShouldBe("A queue already exists with the same name and a different value for attribute MaximumMessageSize");
        await FailsAsync<QueueNameExistsException>(() => QueueNamedAsync(name, ("DelaySeconds", "1")), "QueueAlreadyExists");
        (await Sqs.GetQueueAttributesAsync(url, ["All"])).Attributes["MaximumMessageSize"].ShouldBe("2048");
    }

    [Fact]
    public async Task Of_many_creations_at_once_with_attributes_that_differ_one_kind_wins()
    {
        var name = NewName();
        var outcomes = await Task.WhenAll(
            Enumerable
                .Range(0, 8)
                .Select(async i =>
                {
                    try
                    {
                        await QueueNamedAsync(name, ("VisibilityTimeout", $"{60 + (i % 2)}"));
                        return i % 2;
                    }
                    catch (QueueNameExistsException)
                    {
                        return -1;
                    }
                })
        );
        outcomes.Where(o => o >= 0).Distinct().Count().ShouldBe(1);
        outcomes.Count(o => o < 0).ShouldBe(4);
    }

    [Fact]
    public async Task A_queue_made_with_tags_has_them()
    {
        var url = (
            await Sqs.CreateQueueAsync(
                new CreateQueueRequest
                {
                    QueueName = NewName(),
                    Tags = new() { ["team"] = "blue" },
                }
            )
        ).QueueUrl;
        (await Sqs.ListQueueTagsAsync(new ListQueueTagsRequest { QueueUrl = url })).Tags.ShouldBe(
            new Dictionary<string, string> { ["team"] = "blue" }
        );
    }

    [Fact]
    public async Task A_deleted_queue_is_gone_and_its_name_rests_for_a_minute()
    {
        var name = NewName();
        var url = await QueueNamedAsync(name);
        await Sqs.DeleteQueueAsync(url);
        await FailsAsync<QueueDoesNotExistException>(() => Sqs.GetQueueUrlAsync(name), "AWS.SimpleQueueService.NonExistentQueue");
        await FailsAsync<QueueDeletedRecentlyException>(() => QueueNamedAsync(name), "AWS.SimpleQueueService.QueueDeletedRecently");
    }

    [Fact]
    public async Task Queues_are_listed_by_prefix_and_in_pages()
    {
        var prefix = NewName("-list-");
        var urls = new List<string>();
        for (var i = 0; i < 5; i++)
            urls.Add(await QueueNamedAsync(prefix + i));
        var all = await Sqs.ListQueuesAsync(new ListQueuesRequest { QueueNamePrefix = prefix });
        all.QueueUrls.ShouldBe(urls);
        all.NextToken.ShouldBeNull();
        var paged = new List<string>();
        string? token = null;
        var pages = 0;
        do
        {
            var page = await Sqs.ListQueuesAsync(
                new ListQueuesRequest
                {
                    QueueNamePrefix = prefix,
                    MaxResults = 2,
                    NextToken = token,
                }
            );
            page.QueueUrls.Count.ShouldBeLessThanOrEqualTo(2);
            paged.AddRange(page.QueueUrls);
            token = page.NextToken;
            pages++;
        } while (token is not null);
        paged.ShouldBe(urls);
        pages.ShouldBe(3);
        (await Sqs.ListQueuesAsync(new ListQueuesRequest { QueueNamePrefix = prefix + "none" })).QueueUrls.ShouldBeNull();
        (await Sqs.ListQueuesAsync(new ListQueuesRequest { QueueNamePrefix = "no queue has this ä" })).QueueUrls.ShouldBeNull();
    }

    [Fact]
    public async Task A_list_of_a_size_or_from_a_place_that_is_none_is_refused()
    {
        await IsInvalidAsync(() => Sqs.ListQueuesAsync(new ListQueuesRequest { MaxResults = 0 }));
        await IsInvalidAsync(() => Sqs.ListQueuesAsync(new ListQueuesRequest { MaxResults = 1001 }));
        await IsInvalidAsync(() => Sqs.ListQueuesAsync(new ListQueuesRequest { MaxResults = 1, NextToken = "no token" }));
        var url = await QueueAsync();
        await IsInvalidAsync(() =>
            Sqs.ListDeadLetterSourceQueuesAsync(new ListDeadLetterSourceQueuesRequest { QueueUrl = url, MaxResults = 1001 })
        );
    }

    [Fact]
    public async Task A_purge_empties_the_queue_of_leased_and_delayed_messages_too_and_is_allowed_once_a_minute()
    {
        var url = await QueueAsync();
        for (var i = 0; i < 3; i++)
            await Sqs.SendMessageAsync(url, $"{i}");
        await Sqs.SendMessageAsync(new SendMessageRequest(url, "later") { DelaySeconds = 900 });
        await ReceiveOneAsync(url);
        await Sqs.PurgeQueueAsync(url);
        var counts = await Sqs.GetQueueAttributesAsync(url, ["All"]);
        (
            counts.ApproximateNumberOfMessages + counts.ApproximateNumberOfMessagesNotVisible + counts.ApproximateNumberOfMessagesDelayed
        ).ShouldBe(0);
        var again = await FailsAsync<PurgeQueueInProgressException>(
            () => Sqs.PurgeQueueAsync(url),
            "AWS.SimpleQueueService.PurgeQueueInProgress",
            HttpStatusCode.Forbidden
        );
        again.Message.ShouldBe($"Only one PurgeQueue operation on {NameOf(url)} is allowed every 60 seconds.");
    }
}
