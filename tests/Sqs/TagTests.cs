using Amazon.SQS.Model;

namespace FuncQueue.Sqs.Tests;

/// <summary>TagQueue, UntagQueue, ListQueueTags.</summary>
public sealed class TagTests(AppFixture app) : SqsTest(app)
{
    [Fact]
    public async Task Tags_are_added_overwritten_and_removed_and_are_those_of_the_HTTP_API()
    {
        var url = await QueueAsync();
        (await TagsAsync(url)).ShouldBeEmpty();
        await Sqs.TagQueueAsync(
            new TagQueueRequest
            {
                QueueUrl = url,
                Tags = new()
                {
                    ["a"] = "1",
                    ["b"] = "",
                    ["Ä"] = "ü",
                },
            }
        );
        await Sqs.TagQueueAsync(
            new TagQueueRequest
            {
                QueueUrl = url,
                Tags = new() { ["a"] = "2" },
            }
        );
        (await TagsAsync(url)).ShouldBe(
            new Dictionary<string, string>
            {
                ["a"] = "2",
                ["b"] = "",
                ["Ä"] = "ü",
            },
            ignoreOrder: true
        );
        await Sqs.UntagQueueAsync(new UntagQueueRequest { QueueUrl = url, TagKeys = ["a", "Ä", "none"] });
        (await TagsAsync(url)).ShouldBe(new Dictionary<string, string> { ["b"] = "" });
        (await Http.GetAsync(PathOf(url))).Json["tags"]!.ToJsonString().ShouldBe("""{"b":""}""");
    }

    [Fact]
    public async Task Tags_and_keys_must_be_named_and_tags_within_their_limits()
    {
        var url = await QueueAsync();
        await FailsAsync(() => Sqs.TagQueueAsync(new TagQueueRequest { QueueUrl = url }), "MissingParameter");
        await FailsAsync(() => Sqs.UntagQueueAsync(new UntagQueueRequest { QueueUrl = url }), "MissingParameter");
        await IsInvalidAsync(() =>
            Sqs.TagQueueAsync(
                new TagQueueRequest
                {
                    QueueUrl = url,
                    Tags = new() { [new string('k', 129)] = "" },
                }
            )
        );
        await IsInvalidAsync(() =>
            Sqs.TagQueueAsync(
                new TagQueueRequest
                {
                    QueueUrl = url,
                    Tags = new() { ["k"] = new string('v', 257) },
                }
            )
        );
        await IsInvalidAsync(() =>
            Sqs.TagQueueAsync(new TagQueueRequest { QueueUrl = url, Tags = Enumerable.Range(0, 51).ToDictionary(i => $"{i}", i => "") })
        );
        (await TagsAsync(url)).ShouldBeEmpty();
    }

    private async Task<Dictionary<string, string>> TagsAsync(string url) =>
        (await Sqs.ListQueueTagsAsync(new ListQueueTagsRequest { QueueUrl = url })).Tags ?? [];
}
