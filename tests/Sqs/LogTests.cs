using System.Text;
using Azure.Data.Tables;
using FuncQueue.LocalHost.Azurite;

namespace FuncQueue.Sqs.Tests;

/// <summary>
/// The log of an app that tells as much as it can be made to tell, over every verb, refusal and fault: no key, no signature, no receipt,
/// and nothing of what messages hold appears in it.
/// </summary>
public sealed class LogTests
{
    private const string HostKey = "host-key-5f1c9a77";
    private const string SecretKey = "sqs-secret-Kx8/31+bC0aDqEwT";

    private const string EverySecond = "* * * * * *";

    private readonly Secrets secrets = new(
        ("the function key", HostKey),
        ("a wrong function key", "wrong-key-0b6e"),
        ("the SQS secret", SecretKey),
        ("a body", "body-7c2d"),
        ("an attribute", "attribute-91fe"),
        ("a deduplication id", "deduplication-3a4b"),
        ("a reason", "reason-c55d"),
        ("a forged receipt", "forged-e0e7")
    );

    [Fact]
    public async Task Whatever_happens_no_secret_and_nothing_of_a_message_is_logged()
    {
        await using var azurite = await AzuriteServer.StartForTestsAsync();
        await using var app = await AppProcess.StartAsync(
            new Dictionary<string, string?>
            {
                ["FuncQueueStorage"] = azurite.ConnectionString,
                ["LocalHost__HostKey"] = HostKey,
                ["FuncQueueSqs__Keys__0__AccessKeyId"] = "AKIDEXAMPLE",
                ["FuncQueueSqs__Keys__0__SecretAccessKey"] = SecretKey,
                ["FuncQueueSqs__Keys__0__Rights"] = "send,receive,manage",
                ["Logging__LogLevel__Default"] = "Trace",
                // Else the host keeps frameworks quiet.
                ["Logging__LogLevel__Microsoft.AspNetCore"] = "Trace",
                ["Logging__LogLevel__Microsoft.Extensions"] = "Trace",
                ["Logging__LogLevel__Azure.Core"] = "Trace",
                ["RedeliverExpiredLeasesSchedule"] = EverySecond,
                ["DeadLetterPoisonMessagesSchedule"] = EverySecond,
                ["SweepStorageSchedule"] = EverySecond,
                ["ForwardSubscriptionsSchedule"] = EverySecond,
            }
        );
        var own = await new KeyMaker(app.Address, HostKey).MakeMasterAsync("own");
        secrets.Add("a key", own);
        secrets.Add("what proves a key", own[^40..]);
        var client = new ApiClient(app.Address, own);
        secrets.Add("the storage key", azurite.ConnectionString.Split("AccountKey=")[1].Split(';')[0]);
        var queue = await client.QueueAsync("""{"maxDeliveryCount":1000}""");
        var registry = new TableClient(azurite.ConnectionString, "funcqueue");
        var key = (await registry.GetEntityAsync<TableEntity>("registry", "k:receipts")).Value.GetBinary("Key");
        var root = (await registry.GetEntityAsync<TableEntity>("keys", "r:root")).Value.GetBinary("Secret");
        foreach (var text in new[] { Convert.ToBase64String(root), Convert.ToHexString(root), Convert.ToHexStringLower(root) })
            secrets.Add("the keys' root", text);
        foreach (var text in new[] { Convert.ToBase64String(key), Convert.ToHexString(key), Convert.ToHexStringLower(key) })
            secrets.Add("the receipts' key", text);

        await UseAsync(client, queue);
        await MisuseAsync(client, queue);
        await UseSqsAsync(app.Address, NameOf(queue));
        await SnsUse.RunAsync(app.Address, SecretKey, NameOf(queue), azurite.ConnectionString, secrets);
        await BreakAsync(client, registry);
        await azurite.DisposeAsync();
        await WithoutStorageAsync(client, queue);

        // The log does tell: of frameworks' traces, of our own, of the faults.
        await Until.TrueAsync(
            () => Task.FromResult(app.Output.Contains("it runs again when its schedule says", StringComparison.Ordinal)),
            "a timer misses storage"
        );
        app.Output.ShouldContain("trce: Microsoft.AspNetCore");
        app.Output.ShouldContain("dbug: ");
        app.Output.ShouldContain("were dead-lettered");
        app.Output.ShouldContain("met an unexpected fault");
        secrets.LeaksIn(app.Output).ShouldBeEmpty();
    }

    private async Task UseAsync(ApiClient client, string queue)
    {
        var other = await client.QueueAsync();
        (
            await client.SendAsync(
                HttpMethod.Post,
                queue + "/messages?deduplicationId=deduplication-3a4b",
                new StringContent("body-7c2d"),
                ("x-attribute-a", "attribute-91fe")
            )
        ).Status.ShouldBe(HttpStatusCode.Created);
        await client.EnqueueAsync(queue, string.Concat(Enumerable.Repeat("body-7c2d ", 20_000)));
        (
            await client.PostAsync(
                queue + "/messages/batch",
                """{"messages":[{"body":"body-7c2d"},{"body":"body-7c2d","attributes":{"a":"attribute-91fe"},"deduplicationId":"deduplication-3a4b2"},{"body":"body-7c2d"}]}"""
            )
        ).Status.ShouldBe(HttpStatusCode.OK);
        await client.GetAsync(queue + "/messages");
        var messages = await client.DequeueAsync(queue, "?maxMessages=4");
        messages.Count.ShouldBe(4);
        foreach (var message in messages)
            secrets.AddReceipt(message!["receipt"]!.GetValue<string>());
        foreach (var message in messages)
            await client.GetAsync($"{queue}/messages/{message!["messageId"]}/body");
        (await client.SettleAsync(queue, "extend", messages[0]!, ""","visibilityTimeoutSeconds":60""")).ShouldBe("ok");
        (await client.SettleAsync(queue, "nack", messages[0]!, ""","reason":"reason-c55d" """)).ShouldBe("ok");
        (await client.SettleAsync(queue, "deadletter", messages[1]!, ""","reason":"reason-c55d" """)).ShouldBe("ok");
        (await client.SettleAsync(queue, "ack", messages[2]!)).ShouldBe("ok");
        (await client.SettleAsync(queue, "ack", messages[2]!)).ShouldBe("lease-lost");
        (await client.SettleAsync(other, "ack", messages[3]!)).ShouldBe("malformed-receipt");
        await client.GetAsync(queue + "/deadletter/messages");
        secrets.AddReceipt((await client.DequeueAsync(queue, "", "deadletter"))[0]!["receipt"]!.GetValue<string>());
        await client.DequeueAsync(queue, "?mode=delete");
        // Leases that end by themselves, and dead letters that a timer makes.
        var poison = await client.QueueAsync("""{"maxDeliveryCount":1}""");
        await client.EnqueueAsync(poison, "body-7c2d");
        secrets.AddReceipt((await client.DequeueAsync(poison, "?visibilityTimeoutSeconds=1"))[0]!["receipt"]!.GetValue<string>());
        await Until.TrueAsync(
            async () => (await client.CountsAsync(poison)).Contains("\"deadLettered\":1", StringComparison.Ordinal),
            "the poison is dead-lettered"
        );
        (await client.PostAsync(poison + "/deadletter/redrive", $$"""{"to":"{{NameOf(other)}}"}""")).Status.ShouldBe(HttpStatusCode.OK);
        (await client.PostAsync(other + "/purge")).Status.ShouldBe(HttpStatusCode.OK);
    }

    private static async Task MisuseAsync(ApiClient client, string queue)
    {
        (await client.PostAsync(queue + "/messages/ack", """{"receipts":["forged-e0e7"]}""")).Status.ShouldBe(HttpStatusCode.OK);
        (await client.PostAsync(queue + "/messages/ack", """{"receipts":["forged-e0e7"],"body-7c2d":1}""")).Status.ShouldBe(
            HttpStatusCode.BadRequest
        );
        (await client.PostAsync(queue + "/messages/ack", """{"receipts":["forged-e0e7" body-7c2d""")).Status.ShouldBe(
            HttpStatusCode.BadRequest
        );
        (
            await client.SendAsync(
                HttpMethod.Post,
                queue + "/messages?colour=body-7c2d",
                new StringContent("body-7c2d"),
                ("x-attribute-a", "attribute-91fe%zz")
            )
        ).Status.ShouldBe(HttpStatusCode.BadRequest);
        (await client.PostAsync("/queues/nobody-made-this/messages/batch", """{"messages":[{"body":"body-7c2d"}]}""")).Status.ShouldBe(
            HttpStatusCode.NotFound
        );
        var stranger = new ApiClient(client.Base.ToString(), "wrong-key-0b6e");
        (await stranger.GetAsync(queue)).Status.ShouldBe(HttpStatusCode.Unauthorized);
        var nobody = new ApiClient(client.Base.ToString());
        (await nobody.GetAsync(queue + "?code=wrong-key-0b6e")).Status.ShouldBe(HttpStatusCode.Unauthorized);
        (await nobody.GetAsync($"{queue}?code={client.Key}")).Status.ShouldBe(HttpStatusCode.OK);
        (await nobody.GetAsync($"{queue}?code={HostKey}")).Status.ShouldBe(HttpStatusCode.Unauthorized);
        // No HTTP: the server may tell what it could not read.
        var lines = $"GET {queue}?code={client.Key} HTTP/1.1\r\nHost: {client.Base.Authority}\r\nConnection: close\r\n";
        foreach (
            var bad in new[]
            {
                $"GET {queue}?code={client.Key}\r\n\r\n",
                $"GET {queue}?code={client.Key} HTTP/9.9\r\n\r\n",
                $"{lines}x-functions-key : {client.Key}\r\n\r\n",
                $"{lines}x-functions-key {client.Key}\r\n\r\n",
                $"{lines}x-attribute-a: attribute-91fe\0\r\n\r\n",
                $"GET {queue}?code={client.Key}\0 HTTP/1.1\r\n\r\n",
                $"{client.Key}\r\n\r\n",
                $"{lines}Host: {client.Key}\r\n\r\n",
                $"{lines}Content-Length: body-7c2d\r\n\r\n",
            }
        )
        {
            await SendAsync(client.Base, bad);
        }
    }

    private async Task UseSqsAsync(string address, string queue)
    {
        var signed = new SignedHttp(address + "/sqs")
        {
            Secret = SecretKey,
            Tamper = request =>
            {
                if (request.Headers.TryGetValues("Authorization", out var authorization))
                    secrets.Add("a signature", authorization.Single().Split("Signature=")[1]);
                else
                    secrets.Add("a signature", request.RequestUri!.Query.Split("X-Amz-Signature=")[1]);
            },
        };
        var url = (await signed.JsonAsync("GetQueueUrl", $$"""{"QueueName":"{{queue}}"}""")).Json["QueueUrl"]!.GetValue<string>();
        (await signed.JsonAsync("PurgeQueue", $$"""{"QueueUrl":"{{url}}"}""")).Code.ShouldBeNull();
        (
            await signed.JsonAsync(
                "SendMessage",
                $$$$"""{"QueueUrl":"{{{{url}}}}","MessageBody":"body-7c2d","MessageAttributes":{"a":{"DataType":"String","StringValue":"attribute-91fe"}}}"""
            )
        ).Code.ShouldBeNull();
        (await signed.QueryAsync($"Action=SendMessage&QueueUrl={Uri.EscapeDataString(url)}&MessageBody=body-7c2d")).Code.ShouldBeNull();
        (await signed.PresignedAsync($"Action=SendMessage&QueueUrl={Uri.EscapeDataString(url)}&MessageBody=body-7c2d")).Code.ShouldBeNull();
        var received = (
            await signed.JsonAsync("ReceiveMessage", $$"""{"QueueUrl":"{{url}}","MaxNumberOfMessages":10,"WaitTimeSeconds":5}""")
        ).Json["Messages"]!.AsArray();
        received.ShouldNotBeEmpty();
        foreach (var message in received)
        {
            var handle = message!["ReceiptHandle"]!.GetValue<string>();
            secrets.AddReceipt(handle);
            (await signed.JsonAsync("DeleteMessage", $$"""{"QueueUrl":"{{url}}","ReceiptHandle":"{{handle}}"}""")).Code.ShouldBeNull();
        }

        (await signed.JsonAsync("DeleteMessage", $$"""{"QueueUrl":"{{url}}","ReceiptHandle":"forged-e0e7"}""")).Code.ShouldNotBeNull();
        (await signed.JsonAsync("body-7c2d", """{"MessageBody":"body-7c2d"}""")).Code.ShouldNotBeNull();
        (await signed.JsonAsync("SendMessage", "{\"body-7c2d")).Code.ShouldNotBeNull();
        var wrong = new SignedHttp(address + "/sqs") { Secret = SecretKey + "x", Tamper = signed.Tamper };
        (await wrong.JsonAsync("SendMessage", $$"""{"QueueUrl":"{{url}}","MessageBody":"body-7c2d"}""")).Status.ShouldBe(
            HttpStatusCode.Forbidden
        );
        (await wrong.PresignedAsync($"Action=SendMessage&QueueUrl={Uri.EscapeDataString(url)}&MessageBody=body-7c2d")).Status.ShouldBe(
            HttpStatusCode.Forbidden
        );
    }

    /// <summary>
    /// Faults of what is stored: settings that cannot be read are foreseen, a queue that was created with no shard is not.
    /// </summary>
    private static async Task BreakAsync(ApiClient client, TableClient registry)
    {
        (await EnqueueIntoDamagedAsync(client, registry, row => row["Settings"] = "{ body-7c2d")).ShouldBe(
            HttpStatusCode.ServiceUnavailable
        );
        (await EnqueueIntoDamagedAsync(client, registry, row => row["HomeShards"] = 0)).ShouldBe(HttpStatusCode.InternalServerError);
    }

    private static async Task<HttpStatusCode> EnqueueIntoDamagedAsync(ApiClient client, TableClient registry, Action<TableEntity> damage)
    {
        var queue = await client.QueueAsync();
        var row = (await registry.GetEntityAsync<TableEntity>("registry", "q:" + NameOf(queue))).Value;
        var damaged = $"damaged-{NameOf(queue)}";
        row.RowKey = "q:" + damaged;
        damage(row);
        await registry.AddEntityAsync(row);
        var answer = await client.SendAsync(
            HttpMethod.Post,
            $"/queues/{damaged}/messages?deduplicationId=deduplication-3a4b",
            new StringContent("body-7c2d")
        );
        await registry.DeleteEntityAsync(row.PartitionKey, row.RowKey);
        return answer.Status;
    }

    private static async Task WithoutStorageAsync(ApiClient client, string queue)
    {
        (
            await client.SendAsync(
                HttpMethod.Post,
                queue + "/messages",
                new StringContent("body-7c2d"),
                ("x-attribute-a", "attribute-91fe")
            )
        ).Status.ShouldBe(HttpStatusCode.ServiceUnavailable);
        (
            await client.SendAsync(
                HttpMethod.Post,
                queue + "/messages",
                new StringContent(string.Concat(Enumerable.Repeat("body-7c2d ", 20_000)))
            )
        ).Status.ShouldBe(HttpStatusCode.ServiceUnavailable);
        (await client.PostAsync(queue + "/messages/dequeue")).Status.ShouldBe(HttpStatusCode.ServiceUnavailable);
        (await client.GetAsync("/health")).Status.ShouldBe(HttpStatusCode.ServiceUnavailable);
    }

    private static async Task SendAsync(Uri address, string request)
    {
        using var socket = new System.Net.Sockets.TcpClient();
        await socket.ConnectAsync(address.Host, address.Port);
        var stream = socket.GetStream();
        await stream.WriteAsync(Encoding.Latin1.GetBytes(request));
        using var reader = new StreamReader(stream, Encoding.Latin1);
        (await reader.ReadToEndAsync().WaitAsync(TimeSpan.FromSeconds(60))).ShouldStartWith("HTTP/1.1 ");
    }

    private static string NameOf(string queue) => queue["/queues/".Length..];
}
