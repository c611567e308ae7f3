using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Amazon.SQS.Model;

namespace FuncQueue.Sqs.Tests.Sns;

/// <summary>What queues receive: the message itself, or in SNS's envelope; what filter policies take; order and repeats.</summary>
public sealed class DeliveryTests(AppFixture app) : SnsTest(app)
{
    [Fact]
    public async Task An_envelope_tells_of_the_message_and_its_signature_verifies()
    {
        var (topic, queue) = (await TopicAsync(), await QueueAsync());
        await SubscribeAsync(topic, queue);
        var text = "Grüße \"👋\" <&> \\ \t\n\u2028";
        var id = await PublishAsync(topic, text, [("Subject", "A & B"), .. MessageAttributes(("a", "String", "ü"), ("n", "Number", "1"))]);
        var received = await ReceiveOneAsync(queue, r => r.MessageAttributeNames = ["All"]);
        received.MessageAttributes.ShouldBeNull();
        var envelope = JsonNode.Parse(received.Body)!;
        Of(envelope, "Type").ShouldBe("Notification");
        Of(envelope, "MessageId").ShouldBe(id);
        Of(envelope, "TopicArn").ShouldBe(topic);
        Of(envelope, "Subject").ShouldBe("A & B");
        Of(envelope, "Message").ShouldBe(text);
        Of(envelope, "Timestamp").ShouldMatch(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$");
        envelope["MessageAttributes"]!
            .ToJsonString(new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping })
            .ShouldBe("""{"a":{"Type":"String","Value":"ü"},"n":{"Type":"Number","Value":"1"}}""");
        await VerifyAsync(envelope, HashAlgorithmName.SHA1);
    }

    [Fact]
    public async Task What_was_published_over_HTTP_comes_in_an_envelope_too_and_over_HTTP_without()
    {
        var (topic, queue) = (await TopicAsync(("SignatureVersion", "2")), await QueueAsync());
        await SubscribeAsync(topic, queue);
        var path = $"/topics/{topic.Split(':')[^1]}/messages";
        await Http.SendAsync(HttpMethod.Post, path, new StringContent("over HTTP"), ("x-attribute-colour", "red"));
        var envelope = JsonNode.Parse((await ReceiveOneAsync(queue, r => r.VisibilityTimeout = 0)).Body)!;
        (Of(envelope, "Message"), Of(envelope["MessageAttributes"]!["colour"]!, "Value")).ShouldBe(("over HTTP", "red"));
        var message = (await Http.DequeueAsync(PathOf(queue), "?waitSeconds=20")).ShouldHaveSingleItem()!;
        message["body"]!.GetValue<string>().ShouldBe("over HTTP");
        message["attributes"]!["AWS.Notification"].ShouldNotBeNull();
    }

    [Fact]
    public async Task A_topic_signs_as_its_attribute_says()
    {
        var (topic, queue) = (await TopicAsync(("SignatureVersion", "2")), await QueueAsync());
        await SubscribeAsync(topic, queue);
        await PublishAsync(topic, "x");
        var envelope = JsonNode.Parse((await ReceiveOneAsync(queue)).Body)!;
        Of(envelope, "SignatureVersion").ShouldBe("2");
        await VerifyAsync(envelope, HashAlgorithmName.SHA256);
    }

    [Fact]
    public async Task The_link_of_an_envelope_unsubscribes_without_a_key_and_an_altered_one_does_not()
    {
        var (topic, queue) = (await TopicAsync(), await QueueAsync());
        var arn = await SubscribeAsync(topic, queue);
        await PublishAsync(topic, "x");
        var link = Of(JsonNode.Parse((await ReceiveOneAsync(queue)).Body)!, "UnsubscribeURL");
        using var client = new HttpClient();
        using var forged = await client.GetAsync(new Uri(link[..^1] + (link[^1] == '0' ? '1' : '0')));
        forged.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await SubscriptionAttributesAsync(arn))["TopicArn"].ShouldBe(topic);
        using var answer = await client.GetAsync(new Uri(link));
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        ShouldFail(await SnsAsync("GetSubscriptionAttributes", ("SubscriptionArn", arn)), "NotFound", HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_certificate_of_another_name_is_not_there()
    {
        (await Http.GetAsync("/sns/SimpleNotificationService-none.pem")).Status.ShouldBe(HttpStatusCode.NotFound);
        (await Http.GetAsync("/sns/none?a=b")).Status.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task The_form_of_a_delivery_changes_with_what_is_published_after_the_attribute()
    {
        var (topic, queue) = (await TopicAsync(), await QueueAsync());
        var arn = await SubscribeAsync(topic, queue, ("RawMessageDelivery", "true"));
        await PublishAsync(topic, "raw", [.. MessageAttributes(("a", "String.Array", """["b"]"""))]);
        var raw = await ReceiveOneAsync(queue, r => r.MessageAttributeNames = ["All"]);
        (raw.Body, raw.MessageAttributes["a"].DataType).ShouldBe(("raw", "String.Array"));
        (await SetAsync(arn, "RawMessageDelivery", "false")).Code.ShouldBeNull();
        await PublishAsync(topic, "wrapped");
        Of(JsonNode.Parse((await ReceiveOneAsync(queue)).Body)!, "Message").ShouldBe("wrapped");
    }

    [Fact]
    public async Task An_envelope_stays_around_a_message_that_is_moved_to_a_dead_letter_queue_and_back()
    {
        var (topic, dead) = (await TopicAsync(), await QueueAsync());
        var queue = await QueueAsync(("RedrivePolicy", $$"""{"deadLetterTargetArn":"{{ArnOf(dead)}}","maxReceiveCount":1}"""));
        await SubscribeAsync(topic, queue);
        var id = await PublishAsync(topic, "poison");
        (await ReceiveOneAsync(queue, r => r.VisibilityTimeout = 0)).Body.ShouldContain(id);
        (await ReceiveAsync(queue, r => r.WaitTimeSeconds = 0)).ShouldBeEmpty();
        Of(JsonNode.Parse((await ReceiveOneAsync(dead)).Body)!, "MessageId").ShouldBe(id);
    }

    [Fact]
    public async Task Each_queue_gets_what_its_policy_takes()
    {
        var topic = await TopicAsync();
        var (attributes, body) = (await QueueAsync(), await QueueAsync());
        await SubscribeAsync(
            topic,
            attributes,
            ("RawMessageDelivery", "true"),
            (
                "FilterPolicy",
                """{"store":["example_corp"],"event":[{"anything-but":"order_cancelled"}],"price_usd":[{"numeric":[">=",100]}]}"""
            )
        );
        await SubscribeAsync(
            topic,
            body,
            ("RawMessageDelivery", "true"),
            ("FilterPolicyScope", "MessageBody"),
            ("FilterPolicy", """{"$or":[{"source":["a"]},{"metric":{"name":[{"prefix":"cpu"}]}}]}""")
        );
        (string, string, string)[] taken =
        [
            ("store", "String", "example_corp"),
            ("event", "String", "order_placed"),
            ("price_usd", "Number", "210.75"),
        ];
        await PublishAsync(topic, "1", [.. MessageAttributes(taken)]);
        await PublishAsync(topic, "2", [.. MessageAttributes(taken[0], ("event", "String", "order_cancelled"), taken[2])]);
        await PublishAsync(topic, "3", [.. MessageAttributes(taken[0], taken[1], ("price_usd", "Number", "99.99"))]);
        await PublishAsync(topic, """{"metric":{"name":"cpu-user"}}""");
        await PublishAsync(topic, """{"metric":{"name":"memory"}}""");
        await PublishAsync(topic, "4", [.. MessageAttributes(taken)]);
        (await ReceiveAllAsync(attributes, 2)).Select(m => m.Body).ShouldBe(["1", "4"], ignoreOrder: true);
        (await ReceiveAllAsync(body, 1)).Select(m => m.Body).ShouldBe(["""{"metric":{"name":"cpu-user"}}"""]);
    }

    [Fact]
    public async Task A_FIFO_topic_keeps_the_order_of_a_group_and_passes_a_repeat_over()
    {
        var topic = await TopicNamedAsync(NewName(".fifo"), ("FifoTopic", "true"));
        var queue = await QueueNamedAsync(NewName(".fifo"), ("FifoQueue", "true"));
        await SubscribeAsync(topic, queue, ("RawMessageDelivery", "true"));
        string? first = null;
        for (var i = 0; i < 5; i++)
        {
            var id = await PublishAsync(topic, $"{i}", ("MessageGroupId", "g"), ("MessageDeduplicationId", $"d{i}"));
            first ??= id;
        }

        (await PublishAsync(topic, "again", ("MessageGroupId", "other"), ("MessageDeduplicationId", "d0"))).ShouldBe(first);
        var received = await ReceiveAllAsync(queue, 5);
        received.Select(m => m.Body).ShouldBe(["0", "1", "2", "3", "4"]);
        received.ShouldAllBe(m => m.Attributes["MessageGroupId"] == "g");
        received[3].Attributes["MessageDeduplicationId"].ShouldBe("d3");
    }

    [Fact]
    public async Task Within_a_group_repeats_are_known_where_the_scope_says_so_and_the_producers_id_is_shown()
    {
        var topic = await TopicNamedAsync(
            NewName(".fifo"),
            ("FifoTopic", "true"),
            ("FifoThroughputScope", "MessageGroup"),
            ("ContentBasedDeduplication", "true")
        );
        var queue = await QueueNamedAsync(NewName(".fifo"), ("FifoQueue", "true"));
        await SubscribeAsync(topic, queue, ("RawMessageDelivery", "true"));
        var a = await PublishAsync(topic, "x", ("MessageGroupId", "a"));
        (await PublishAsync(topic, "x", ("MessageGroupId", "b"))).ShouldNotBe(a);
        (await PublishAsync(topic, "x", [("MessageGroupId", "a"), .. MessageAttributes(("n", "Number", "1"))])).ShouldBe(a);
        var received = await ReceiveAllAsync(queue, 2);
        received.Select(m => m.Attributes["MessageGroupId"]).ShouldBe(["a", "b"], ignoreOrder: true);
        var hash = Convert.ToHexStringLower(SHA256.HashData("x"u8));
        received.ShouldAllBe(m => m.Attributes["MessageDeduplicationId"] == hash);
    }

    private async Task<List<Message>> ReceiveAllAsync(string queue, int count)
    {
        var all = new List<Message>();
        while (all.Count < count)
        {
            var some = await ReceiveAsync(queue, r => (r.MaxNumberOfMessages, r.MessageSystemAttributeNames) = (10, ["All"]));
            some.ShouldNotBeEmpty($"{all.Count} of {count} have come");
            foreach (var message in some)
                await Sqs.DeleteMessageAsync(queue, message.ReceiptHandle);
            all.AddRange(some);
        }

        all.Count.ShouldBe(count);
        return all;
    }

    private static string Of(JsonNode json, string name) => json[name]!.GetValue<string>();

    /// <summary>As the developer guide says to verify a message.</summary>
    private static async Task VerifyAsync(JsonNode envelope, HashAlgorithmName hash)
    {
        using var client = new HttpClient();
        var pem = await client.GetStringAsync(new Uri(Of(envelope, "SigningCertURL")));
        using var certificate = X509Certificate2.CreateFromPem(pem);
        using var key = certificate.GetRSAPublicKey()!;
        string[] names = ["Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"];
        var signed = string.Concat(names.Where(n => envelope[n] is not null).Select(n => $"{n}\n{Of(envelope, n)}\n"));
        var signature = Convert.FromBase64String(Of(envelope, "Signature"));
        key.VerifyData(Encoding.UTF8.GetBytes(signed), signature, hash, RSASignaturePadding.Pkcs1).ShouldBeTrue();
        key.VerifyData(Encoding.UTF8.GetBytes(signed + "x"), signature, hash, RSASignaturePadding.Pkcs1).ShouldBeFalse();
    }
}
