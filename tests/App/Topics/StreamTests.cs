using static FuncQueue.App.Tests.Topics.TopicClient;

namespace FuncQueue.App.Tests.Topics;

/// <summary>Producers that count, and logs that last, over real HTTP.</summary>
public sealed class StreamTests(AppFixture app)
{
    private readonly ApiClient client = app.Client;

    [Fact]
    public async Task A_repeat_of_a_producer_that_counts_is_told_the_first_offset_and_a_gap_or_an_old_epoch_is_refused()
    {
        var topic = await client.TopicAsync("""{"partitions":1}""");
        (await SendAsync(topic, "a", 1, 7)).Status.ShouldBe(HttpStatusCode.Created);
        var again = await SendAsync(topic, "a", 1, 7);
        (again.Status, again.Json["offset"]!.GetValue<long>(), again.Json["duplicate"]!.GetValue<bool>()).ShouldBe(
            (HttpStatusCode.OK, 0, true)
        );
        (await SendAsync(topic, "c", 1, 9)).Code.ShouldBe("sequence-gap");
        (await SendAsync(topic, "b", 2, 8)).Status.ShouldBe(HttpStatusCode.Created);
        var fenced = await SendAsync(topic, "c", 1, 9);
        (fenced.Status, fenced.Code).ShouldBe((HttpStatusCode.Forbidden, "producer-fenced"));
    }

    [Fact]
    public async Task A_batch_that_counts_is_an_atomic_one()
    {
        var topic = await client.TopicAsync("""{"partitions":1}""");
        const string Messages = """{"atomic":true,"partition":0,"messages":[{"body":"a"},{"body":"b"}]}""";
        (await PostAsync(topic, Messages, 0)).Json["results"]!.AsArray().Count(r => r!["duplicate"]!.GetValue<bool>()).ShouldBe(0);
        (await PostAsync(topic, Messages, 1)).Json["results"]!
            .AsArray()
            .Select(r => (r!["offset"]!.GetValue<long>(), r["duplicate"]!.GetValue<bool>()))
            .ShouldBe([(1, true), (2, false)]);
        (await PostAsync(topic, """{"messages":[{"body":"a","partition":0}]}""", 0)).Fields.ShouldBe(["Producer-Sequence"]);
    }

    [Fact]
    public async Task What_a_producer_says_in_part_or_wrongly_is_refused_with_every_fault()
    {
        var topic = await client.TopicAsync();
        (
            await client.SendAsync(
                HttpMethod.Post,
                topic + "/messages",
                new StringContent("a"),
                ("Producer-Id", "p"),
                ("Producer-Epoch", "-1")
            )
        ).Fields.ShouldBe(["Producer-Epoch", "Producer-Sequence"], ignoreOrder: true);
        (await SendAsync(topic, "a", 0, 0, "")).Fields.ShouldBe(["Producer-Sequence"]);
    }

    [Fact]
    public async Task The_settings_of_a_log_that_lasts_are_kept_and_checked()
    {
        var topic = await client.TopicAsync("""{"retentionBytes":2000000,"keepForGroups":true,"compact":true,"tombstoneSeconds":60}""");
        var there = (await client.GetAsync(topic)).Json;
        there["retentionBytes"]!.GetValue<long>().ShouldBe(2_000_000);
        there["keepForGroups"]!.GetValue<bool>().ShouldBeTrue();
        there["compact"]!.GetValue<bool>().ShouldBeTrue();
        there["tombstoneSeconds"]!.GetValue<int>().ShouldBe(60);
        (await client.PutAsync(topic, """{"retentionBytes":null}""")).Json["retentionBytes"].ShouldBeNull();
        (await client.PutAsync(topic, """{"retentionBytes":1,"tombstoneSeconds":-1,"compact":"yes"}""")).Fields.ShouldBe(
            ["retentionBytes", "tombstoneSeconds", "compact"],
            ignoreOrder: true
        );
        (await client.PutAsync(topic, """{"sealAfterSeconds":3600}""")).Fields.ShouldBe(["sealAfterSeconds"]);
    }

    [Fact]
    public async Task The_newest_record_of_a_key_is_found_by_its_key()
    {
        var (compacted, other) = (await client.TopicAsync("""{"compact":true}"""), await client.TopicAsync());
        await client.PublishAsync(compacted, "1", "?key=a%20b");
        await client.PublishAsync(compacted, "2", "?key=a%20b");
        (await client.GetAsync(compacted + "/keys/a%20b")).Json["body"]!.GetValue<string>().ShouldBe("2");
        await client.PublishAsync(compacted, "", "?key=a%20b");
        (await client.GetAsync(compacted + "/keys/a%20b")).Code.ShouldBe("record-not-found");
        (await client.GetAsync(compacted + "/keys/nobodys")).Code.ShouldBe("record-not-found");
        (await client.GetAsync(other + "/keys/a")).Fields.ShouldBe(["topic"]);
    }

    [Fact]
    public async Task A_record_that_cannot_be_processed_ends_among_the_dead_letters_of_a_queue_that_is_subscribed()
    {
        var (topic, queue) = (await client.TopicAsync("""{"partitions":1}"""), await client.QueueAsync("""{"maxDeliveryCount":1}"""));
        await client.SubscribeAsync(topic, queue);
        await client.PublishAsync(topic, "poison");
        var message = (await client.DequeueAsync(queue, "?waitSeconds=20")).ShouldHaveSingleItem()!;
        (await client.SettleAsync(queue, "nack", message)).ShouldBe("ok");
        var dead = (await client.GetAsync(queue + "/deadletter/messages")).Json["messages"]!.AsArray().ShouldHaveSingleItem()!;
        dead["body"]!.GetValue<string>().ShouldBe("poison");
    }

    private Task<Answer> SendAsync(string topic, string body, int epoch, int sequence, string query = "?partition=0") =>
        client.SendAsync(
            HttpMethod.Post,
            topic + "/messages" + query,
            new StringContent(body),
            ("Producer-Id", "p"),
            ("Producer-Epoch", $"{epoch}"),
            ("Producer-Sequence", $"{sequence}")
        );

    private Task<Answer> PostAsync(string topic, string json, int sequence) =>
        client.SendAsync(
            HttpMethod.Post,
            topic + "/messages/batch",
            ApiClient.Json(json),
            ("Producer-Id", "p"),
            ("Producer-Epoch", "0"),
            ("Producer-Sequence", $"{sequence}")
        );
}
