namespace FuncQueue.Sqs.Tests.Support;

/// <summary>
/// A test of SNS through requests as its clients send them (its SDK for .NET is not used: that of JavaScript goes through every action in
/// <c>clients/sns.mjs</c>); queues through the AWS SDK.
/// </summary>
public abstract class SnsTest(AppFixture app) : SqsTest(app)
{
    /// <summary>An action of SNS with its parameters, as they are called in the Query protocol.</summary>
    protected Task<SqsReply> SnsAsync(string action, params (string Name, string Value)[] parameters) =>
        SnsAsync(new SignedHttp(App.App.Address) { Service = "sns" }, action, parameters);

    protected static Task<SqsReply> SnsAsync(SignedHttp http, string action, params (string Name, string Value)[] parameters) =>
        http.QueryAsync(FormOf(action, parameters));

    protected static string FormOf(string action, params (string Name, string Value)[] parameters) =>
        string.Join(
            '&',
            parameters
                .Prepend(("Version", "2010-03-31"))
                .Prepend(("Action", action))
                .Select(p => $"{p.Item1}={Uri.EscapeDataString(p.Item2)}")
        );

    /// <summary>Pairs as the Query protocol of SNS numbers them.</summary>
    protected static IEnumerable<(string Name, string Value)> Entries(string list, params (string Name, string Value)[] pairs) =>
        pairs.SelectMany((p, i) => new[] { ($"{list}.entry.{i + 1}.key", p.Name), ($"{list}.entry.{i + 1}.value", p.Value) });

    /// <summary>Message attributes of these names and texts.</summary>
    protected static IEnumerable<(string Name, string Value)> MessageAttributes(params (string Name, string Type, string Text)[] all) =>
        all.SelectMany(
            (a, i) =>
                new[]
                {
                    ($"MessageAttributes.entry.{i + 1}.Name", a.Name),
                    ($"MessageAttributes.entry.{i + 1}.Value.DataType", a.Type),
                    ($"MessageAttributes.entry.{i + 1}.Value.StringValue", a.Text),
                }
        );

    /// <summary>A new topic; its ARN.</summary>
    protected Task<string> TopicAsync(params (string Name, string Value)[] attributes) => TopicNamedAsync(NewName("-topic"), attributes);

    protected async Task<string> TopicNamedAsync(string name, params (string Name, string Value)[] attributes)
    {
        var reply = await SnsAsync("CreateTopic", [("Name", name), .. Entries("Attributes", attributes)]);
        reply.Code.ShouldBeNull(reply.Text);
        return reply.Element("CreateTopicResult", "TopicArn")!;
    }

    /// <summary>Subscribes a queue; the subscription's ARN.</summary>
    protected async Task<string> SubscribeAsync(string topic, string queueUrl, params (string Name, string Value)[] attributes)
    {
        var reply = await TrySubscribeAsync(topic, queueUrl, attributes);
        reply.Code.ShouldBeNull(reply.Text);
        return reply.Element("SubscribeResult", "SubscriptionArn")!;
    }

    protected Task<SqsReply> TrySubscribeAsync(string topic, string queueUrl, params (string Name, string Value)[] attributes) =>
        SnsAsync(
            "Subscribe",
            [("TopicArn", topic), ("Protocol", "sqs"), ("Endpoint", ArnOf(queueUrl)), .. Entries("Attributes", attributes)]
        );

    /// <summary>Publishes; the id of the message.</summary>
    protected async Task<string> PublishAsync(string topic, string message, params (string Name, string Value)[] more)
    {
        var reply = await SnsAsync("Publish", [("TopicArn", topic), ("Message", message), .. more]);
        reply.Code.ShouldBeNull(reply.Text);
        return reply.Element("PublishResult", "MessageId")!;
    }

    /// <summary>The attributes of an answer, as SNS lists them.</summary>
    protected static Dictionary<string, string> AttributesOf(SqsReply reply, string result) =>
        reply.Elements(result, "Attributes", "entry").ToDictionary(e => e.Elements().First().Value, e => e.Elements().Last().Value);

    protected async Task<Dictionary<string, string>> TopicAttributesAsync(string topic) =>
        AttributesOf(await SnsAsync("GetTopicAttributes", ("TopicArn", topic)), "GetTopicAttributesResult");

    protected async Task<Dictionary<string, string>> SubscriptionAttributesAsync(string subscription) =>
        AttributesOf(await SnsAsync("GetSubscriptionAttributes", ("SubscriptionArn", subscription)), "GetSubscriptionAttributesResult");

    protected Task<SqsReply> SetAsync(string subscription, string name, string value) =>
        SnsAsync("SetSubscriptionAttributes", ("SubscriptionArn", subscription), ("AttributeName", name), ("AttributeValue", value));

    /// <summary>Expects this code with its status.</summary>
    protected static void ShouldFail(SqsReply reply, string code, HttpStatusCode status = HttpStatusCode.BadRequest) =>
        (reply.Status, reply.Code).ShouldBe((status, code), reply.Text);
}
