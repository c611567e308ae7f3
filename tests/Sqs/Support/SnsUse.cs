using Azure.Data.Tables;

namespace FuncQueue.Sqs.Tests.Support;

/// <summary>Uses SNS with all that must not be in a log, and tells what more that is.</summary>
public static class SnsUse
{
    /// <param name="secrets">Of which "body-7c2d" and "attribute-91fe" are published here; told of those that come up.</param>
    public static async Task RunAsync(string address, string secret, string queue, string connectionString, Secrets secrets)
    {
        var signed = new SignedHttp(address)
        {
            Service = "sns",
            Secret = secret,
            Tamper = r => secrets.Add("a signature", r.Headers.GetValues("Authorization").Single().Split("Signature=")[1]),
        };
        async Task<SqsReply> AskAsync(string form, string? code = null)
        {
            var reply = await signed.QueryAsync(form + "&Version=2010-03-31");
            reply.Code.ShouldBe(code, reply.Text);
            return reply;
        }

        var topic = (await AskAsync("Action=CreateTopic&Name=logged")).Element("CreateTopicResult", "TopicArn")!;
        var endpoint = "arn:aws:sqs:us-east-1:000000000000:" + queue;
        await AskAsync($"Action=Subscribe&TopicArn={topic}&Protocol=sqs&Endpoint={endpoint}");
        await AskAsync(
            $"Action=Publish&TopicArn={topic}&Message=body-7c2d&Subject=body-7c2d&MessageAttributes.entry.1.Name=a"
                + "&MessageAttributes.entry.1.Value.DataType=String&MessageAttributes.entry.1.Value.StringValue=attribute-91fe"
        );
        await AskAsync($"Action=Publish&TopicArn={topic}&Message=body-7c2d&MessageStructure=json", "InvalidParameter");
        await AskAsync($"Action=Publish&TopicArn={topic}-none&Message=body-7c2d", "NotFound");
        // Whatever else lies in the queue is received, too.
        var sqs = new SignedHttp(address) { Secret = secret };
        var url = Uri.EscapeDataString($"{address}/000000000000/{queue}");
        string? token = null;
        while (token is null)
        {
            var reply = await sqs.QueryAsync($"Action=ReceiveMessage&QueueUrl={url}&WaitTimeSeconds=20&Version=2012-11-05");
            reply.Element("ReceiveMessageResult", "Message").ShouldNotBeNull("the notification has come");
            secrets.AddReceipt(reply.Element("ReceiveMessageResult", "Message", "ReceiptHandle")!);
            var body = reply.Element("ReceiveMessageResult", "Message", "Body")!;
            token = body.Contains("UnsubscribeURL", StringComparison.Ordinal)
                ? JsonNode.Parse(body)!["UnsubscribeURL"]!.GetValue<string>()
                : null;
        }

        secrets.Add("the token of a link", token.Split("Token=")[1]);
        using var client = new HttpClient();
        using var unsubscribed = await client.GetAsync(new Uri(token));
        unsubscribed.StatusCode.ShouldBe(HttpStatusCode.OK);
        var row = await new TableClient(connectionString, "funcqueue").GetEntityAsync<TableEntity>("keys", "r:notifications");
        var key = row.Value.GetBinary("PrivateKey");
        foreach (var text in new[] { Convert.ToBase64String(key), Convert.ToHexString(key), Convert.ToHexStringLower(key) })
            secrets.Add("the key of notifications", text);
    }
}
