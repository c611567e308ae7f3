using System.Net.Http.Headers;
using Amazon.SQS;
using Amazon.SQS.Model;

namespace FuncQueue.Sqs.Tests;

/// <summary>Who may do what: signatures, keys, rights, queues. One app with keys for all of these.</summary>
public sealed class SignatureTests(AppFixture app, SignatureTests.Locked locked) : IClassFixture<SignatureTests.Locked>
{
    private const string Secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
    private const string List = "Action=ListQueues&Version=2012-11-05&QueueNamePrefix=none";

    /// <summary>An app that has access keys.</summary>
    public sealed class Locked(AppFixture app) : IAsyncLifetime
    {
        public AppProcess App { get; private set; } = null!;

        public string Endpoint => App.Address + "/sqs";

        public async ValueTask InitializeAsync() => App = await AppProcess.StartAsync(app.Environment(new()
        {
            ["FuncQueueSqs__Keys__0__AccessKeyId"] = "AKIDEXAMPLE",
            ["FuncQueueSqs__Keys__0__SecretAccessKey"] = Secret,
            ["FuncQueueSqs__Keys__0__Rights"] = "send, receive, manage",
            ["FuncQueueSqs__Keys__1__AccessKeyId"] = "SENDER",
            ["FuncQueueSqs__Keys__1__SecretAccessKey"] = "the secret of the sender",
            ["FuncQueueSqs__Keys__1__Rights"] = "send",
            ["FuncQueueSqs__Keys__1__Queues"] = "locked-*,extra",
            ["FuncQueueSqs__Keys__2__AccessKeyId"] = "RECEIVER",
            ["FuncQueueSqs__Keys__2__SecretAccessKey"] = "the secret of the receiver",
            ["FuncQueueSqs__Keys__2__Rights"] = "receive",
            ["FuncQueueSqs__Keys__2__Queues"] = "locked-?",
            ["FuncQueueSqs__Keys__3__AccessKeyId"] = "MANAGER",
            ["FuncQueueSqs__Keys__3__SecretAccessKey"] = "the secret of the manager",
            ["FuncQueueSqs__Keys__3__Rights"] = "Manage",
            ["FuncQueueSqs__Keys__3__Queues"] = "managed-*",
            ["FuncQueueSqs__AccountId"] = "123456789012",
            ["FuncQueueSqs__Region"] = "eu-central-1",
            ["FuncQueue__RegistryTable"] = "locked",
        }));

        public ValueTask DisposeAsync() => App.DisposeAsync();
    }

    private SignedHttp Http => new(locked.Endpoint);

    private AmazonSQSClient Client(string key, string secret) => SqsTest.Client(locked.App.Address, key, secret);

    private AmazonSQSClient Owner => Client("AKIDEXAMPLE", Secret);

    [Fact]
    public async Task A_request_that_an_SDK_has_signed_is_taken_and_the_sender_is_told_by_its_key()
    {
        var url = (await Owner.CreateQueueAsync("signed")).QueueUrl;
        url.ShouldEndWith("/sqs/123456789012/signed");
        (await Owner.GetQueueAttributesAsync(url, ["QueueArn"])).QueueARN.ShouldBe("arn:aws:sqs:eu-central-1:123456789012:signed");
        await Owner.SendMessageAsync(url, "Grüße");
        var message = (await Owner.ReceiveMessageAsync(new ReceiveMessageRequest { QueueUrl = url, MessageSystemAttributeNames = ["All"] })).Messages.ShouldHaveSingleItem();
        message.Attributes["SenderId"].ShouldBe("AKIDEXAMPLE");
    }

    [Fact]
    public async Task Both_protocols_and_presigned_requests_are_taken()
    {
        (await Http.JsonAsync("ListQueues", "{}")).Code.ShouldBeNull();
        (await Http.QueryAsync(List)).Code.ShouldBeNull();
        (await Http.PresignedAsync(List)).Code.ShouldBeNull();
        (await Http.PresignedAsync("Action=GetQueueUrl&QueueName=a%20b%2Bc%26d")).Code.ShouldBe("AWS.SimpleQueueService.NonExistentQueue");
        (await Http.PresignedAsync("Action=ListQueues&empty=&lone&z=1&a=2&a=1&A=~_.-")).Code.ShouldBeNull();
        (await Http.PresignedAsync("Version=2012-11-05", method: HttpMethod.Post, body: "Action=ListQueues")).Code.ShouldBeNull();
        (await Http.SendAsync(HttpMethod.Get, "?" + List, "", "text/plain")).Code.ShouldBeNull();
        (await Http.SendAsync(HttpMethod.Post, "/", List, "application/x-www-form-urlencoded")).Code.ShouldBeNull();
        (await new SignedHttp(locked.Endpoint) { Headers = new() { ["X-Amz-Security-Token"] = "a token", ["X-Custom"] = "a  b" } }.QueryAsync(List)).Code.ShouldBe("SignatureDoesNotMatch");
        (await new SignedHttp(locked.Endpoint) { Headers = new() { ["X-Amz-Security-Token"] = "a token", ["X-Custom"] = "a b" } }.QueryAsync(List)).Code.ShouldBeNull();
    }

    [Fact]
    public async Task An_unsigned_request_is_refused()
    {
        foreach (var reply in new[]
        {
            await new SignedHttp(locked.Endpoint) { Tamper = r => r.Headers.Remove("Authorization") }.QueryAsync(List),
            await new SignedHttp(locked.Endpoint) { Tamper = r => r.Headers.Remove("Authorization") }.JsonAsync("ListQueues", "{}"),
        })
        {
            (reply.Status, reply.Code).ShouldBe((HttpStatusCode.Forbidden, "MissingAuthenticationToken"));
        }
    }

    [Fact]
    public async Task An_unknown_key_is_refused()
    {
        (await RefusedAsync(new SignedHttp(locked.Endpoint) { KeyId = "NOBODY" })).ShouldBe((HttpStatusCode.Forbidden, "InvalidClientTokenId", "UnrecognizedClientException"));
        (await Should.ThrowAsync<AmazonSQSException>(() => Client("NOBODY", Secret).ListQueuesAsync(""))).ErrorCode.ShouldBe("InvalidClientTokenId");
    }

    [Fact]
    public async Task A_forged_signature_is_refused()
    {
        var expected = (HttpStatusCode.Forbidden, "SignatureDoesNotMatch", "InvalidSignatureException");
        (await RefusedAsync(new SignedHttp(locked.Endpoint) { Secret = Secret + "x" })).ShouldBe(expected);
        (await RefusedAsync(new SignedHttp(locked.Endpoint) { KeyId = "SENDER" })).ShouldBe(expected);
        (await RefusedAsync(new SignedHttp(locked.Endpoint) { Service = "s3" })).ShouldBe(expected);
        (await RefusedAsync(new SignedHttp(locked.Endpoint) { Terminator = "aws5_request" })).ShouldBe(expected);
        (await RefusedAsync(new SignedHttp(locked.Endpoint) { SignedHost = "queue.example.com" })).ShouldBe(expected);
        (await RefusedAsync(new SignedHttp(locked.Endpoint) { Loose = new() { ["X-Amz-Meta"] = "not signed" } })).ShouldBe(expected);
        (await RefusedAsync(new SignedHttp(locked.Endpoint) { Tamper = r => SetAuthorization(r, a => a[..^1] + (a[^1] == '0' ? '1' : '0')) })).ShouldBe(expected);
        (await RefusedAsync(new SignedHttp(locked.Endpoint) { Tamper = r => SetAuthorization(r, a => a.Replace("eu-west-3", "eu-west-1", StringComparison.Ordinal)) })).ShouldBe(expected);
        (await Should.ThrowAsync<AmazonSQSException>(() => Client("AKIDEXAMPLE", "another secret").ListQueuesAsync(""))).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task A_request_that_was_altered_is_refused()
    {
        foreach (var tamper in new Action<HttpRequestMessage>[]
        {
            r => SetBody(r, "Action=ListQueues&Version=2012-11-05&QueueNamePrefix=nona"),
            r => SetBody(r, ""),
            r => r.RequestUri = new Uri(r.RequestUri + "?Action=DeleteQueue"),
            r => r.RequestUri = new Uri(r.RequestUri + "/123456789012/q"),
            r => r.Method = HttpMethod.Get,
            r => (r.Headers.Remove("x-amz-date"), r.Headers.TryAddWithoutValidation("x-amz-date", TimeProvider.System.GetUtcNow().AddMinutes(-1).ToString("yyyyMMdd'T'HHmmss'Z'"))).ToString(),
            r => r.Content!.Headers.ContentType = MediaTypeHeaderValue.Parse("text/plain"),
        })
        {
            var reply = await new SignedHttp(locked.Endpoint) { Tamper = tamper }.QueryAsync(List);
            (reply.Status, reply.Code).ShouldBe((HttpStatusCode.Forbidden, "SignatureDoesNotMatch"), reply.Text);
        }

        var target = await new SignedHttp(locked.Endpoint)
        {
            Tamper = r => (r.Headers.Remove("x-amz-target"), r.Headers.TryAddWithoutValidation("x-amz-target", "AmazonSQS.PurgeQueue")).ToString(),
        }.JsonAsync("ListQueues", "{}");
        target.Type.ShouldBe("InvalidSignatureException");
        using var presigned = Http.Presign(List);
        presigned.RequestUri = new Uri(presigned.RequestUri!.AbsoluteUri.Replace("=none", "=nona", StringComparison.Ordinal));
        using var client = new HttpClient();
        (await SqsReply.ReadAsync(await client.SendAsync(presigned))).Code.ShouldBe("SignatureDoesNotMatch");
    }

    [Theory]
    [InlineData(-16)]
    [InlineData(16)]
    [InlineData(-60 * 24 * 365)]
    public async Task A_signature_of_another_time_is_refused_as_one_that_is_replayed_is(int minutes)
    {
        var at = TimeProvider.System.GetUtcNow().AddMinutes(minutes);
        (await RefusedAsync(new SignedHttp(locked.Endpoint) { At = at })).ShouldBe((HttpStatusCode.BadRequest, "RequestExpired", "RequestExpired"));
        (await new SignedHttp(locked.Endpoint) { At = at }.PresignedAsync(List)).Code.ShouldBe("RequestExpired");
    }

    [Theory]
    [InlineData(-13)]
    [InlineData(13)]
    public async Task Clocks_may_differ_by_minutes(int minutes) =>
        (await new SignedHttp(locked.Endpoint) { At = TimeProvider.System.GetUtcNow().AddMinutes(minutes) }.JsonAsync("ListQueues", "{}")).Code.ShouldBeNull();

    [Fact]
    public async Task A_presigned_request_is_good_for_as_long_as_it_says()
    {
        var hourAgo = new SignedHttp(locked.Endpoint) { At = TimeProvider.System.GetUtcNow().AddHours(-1) };
        (await hourAgo.PresignedAsync(List, TimeSpan.FromHours(2))).Code.ShouldBeNull();
        (await hourAgo.PresignedAsync(List, TimeSpan.FromMinutes(59))).Code.ShouldBe("RequestExpired");
        (await Http.PresignedAsync(List, TimeSpan.FromDays(7))).Code.ShouldBeNull();
        (await Http.PresignedAsync(List, TimeSpan.FromDays(7) + TimeSpan.FromSeconds(1))).Code.ShouldBe("IncompleteSignature");
        (await Http.PresignedAsync(List, TimeSpan.Zero)).Code.ShouldBe("IncompleteSignature");
    }

    [Theory]
    [InlineData("AWS4-HMAC-SHA256")]
    [InlineData("Bearer abc")]
    [InlineData("AWS4-HMAC-SHA512 Credential=a/20260101/r/sqs/aws4_request, SignedHeaders=host, Signature=00")]
    [InlineData("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE, SignedHeaders=host, Signature=00")]
    [InlineData("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260101/r/sqs/aws4_request, Signature=0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260101/r/sqs/aws4_request, SignedHeaders=x;host, Signature=0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260101/r/sqs/aws4_request, SignedHeaders=host, Signature=xyz")]
    public async Task A_signature_that_is_not_well_formed_is_incomplete(string authorization)
    {
        var http = new SignedHttp(locked.Endpoint) { Tamper = r => SetAuthorization(r, _ => authorization) };
        (await RefusedAsync(http)).ShouldBe((HttpStatusCode.BadRequest, "IncompleteSignature", "IncompleteSignatureException"));
    }

    [Fact]
    public async Task A_signature_with_a_date_that_is_none_or_given_twice_is_incomplete()
    {
        var noDate = new SignedHttp(locked.Endpoint) { Tamper = r => (r.Headers.Remove("x-amz-date"), r.Headers.TryAddWithoutValidation("x-amz-date", "today")).ToString() };
        (await noDate.QueryAsync(List)).Code.ShouldBe("IncompleteSignature");
        var twice = new SignedHttp(locked.Endpoint) { Tamper = r => r.RequestUri = new Uri(r.RequestUri + "?X-Amz-Algorithm=AWS4-HMAC-SHA256") };
        (await twice.QueryAsync(List)).Code.ShouldBe("IncompleteSignature");
    }

    [Fact]
    public async Task A_request_that_a_proxy_forwards_under_a_host_of_its_own_is_taken_by_the_one_that_was_signed()
    {
        var forwarded = new SignedHttp(locked.Endpoint) { SignedHost = "queue.example.com", Loose = new() { ["X-Forwarded-Host"] = "queue.example.com", ["X-Forwarded-Proto"] = "https" } };
        await Owner.CreateQueueAsync("forwarded");
        (await forwarded.JsonAsync("GetQueueUrl", """{"QueueName":"forwarded"}""")).Json["QueueUrl"]!.GetValue<string>().ShouldBe("https://queue.example.com/sqs/123456789012/forwarded");
        (await new SignedHttp(locked.Endpoint) { SignedHost = "queue.example.com", Loose = new() { ["X-Forwarded-Host"] = "other.example.com" } }.QueryAsync(List)).Code
            .ShouldBe("SignatureDoesNotMatch");
    }

    [Fact]
    public async Task A_key_does_what_it_has_the_right_to_and_nothing_else()
    {
        var url = (await Owner.CreateQueueAsync("locked-1")).QueueUrl;
        var managed = (await Owner.CreateQueueAsync("managed-1")).QueueUrl;
        var (sender, receiver, manager) = (Client("SENDER", "the secret of the sender"), Client("RECEIVER", "the secret of the receiver"), Client("MANAGER", "the secret of the manager"));
        await sender.SendMessageAsync(url, "x");
        await sender.SendMessageBatchAsync(url, [new("a", "y")]);
        var message = (await receiver.ReceiveMessageAsync(url)).Messages.ShouldHaveSingleItem();
        await receiver.ChangeMessageVisibilityAsync(url, message.ReceiptHandle, 10);
        await receiver.DeleteMessageAsync(url, message.ReceiptHandle);
        await manager.PurgeQueueAsync(managed);
        foreach (var anybody in new[] { sender, receiver })
        {
            (await anybody.GetQueueUrlAsync("locked-1")).QueueUrl.ShouldBe(url);
            (await anybody.GetQueueAttributesAsync(url, ["All"])).QueueARN.ShouldNotBeNull();
        }

        foreach (var call in new Func<Task>[]
        {
            () => receiver.SendMessageAsync(url, "x"), () => receiver.SendMessageBatchAsync(url, [new("a", "x")]),
            () => sender.ReceiveMessageAsync(url), () => sender.DeleteMessageAsync(url, "r"), () => sender.DeleteMessageBatchAsync(url, [new("a", "r")]),
            () => sender.ChangeMessageVisibilityAsync(url, "r", 1), () => sender.ChangeMessageVisibilityBatchAsync(url, [new("a", "r")]),
            () => sender.CreateQueueAsync("locked-2"), () => sender.DeleteQueueAsync(url), () => sender.PurgeQueueAsync(url),
            () => sender.SetQueueAttributesAsync(url, new() { ["DelaySeconds"] = "1" }), () => sender.AddPermissionAsync(url, "l", ["111111111111"], ["*"]),
            () => sender.RemovePermissionAsync(url, "l"), () => sender.TagQueueAsync(new TagQueueRequest { QueueUrl = url, Tags = new() { ["a"] = "b" } }),
            () => sender.UntagQueueAsync(new UntagQueueRequest { QueueUrl = url, TagKeys = ["a"] }),
            () => sender.StartMessageMoveTaskAsync(new StartMessageMoveTaskRequest { SourceArn = "arn" }),
            () => sender.CancelMessageMoveTaskAsync(new CancelMessageMoveTaskRequest { TaskHandle = "h" }),
            () => manager.SendMessageAsync(managed, "x"), () => manager.ReceiveMessageAsync(managed),
        })
        {
            var refused = await Should.ThrowAsync<AmazonSQSException>(call);
            (refused.StatusCode, refused.ErrorCode).ShouldBe((HttpStatusCode.Forbidden, "AccessDenied"), refused.Message);
        }
    }

    [Fact]
    public async Task A_key_reaches_the_queues_of_its_pattern_and_no_others()
    {
        var (one, ten, extra) = ((await Owner.CreateQueueAsync("locked-a")).QueueUrl, (await Owner.CreateQueueAsync("locked-10")).QueueUrl, (await Owner.CreateQueueAsync("extra")).QueueUrl);
        var (sender, receiver, manager) = (Client("SENDER", "the secret of the sender"), Client("RECEIVER", "the secret of the receiver"), Client("MANAGER", "the secret of the manager"));
        await sender.SendMessageAsync(ten, "x");
        await sender.SendMessageAsync(extra, "x");
        await receiver.ReceiveMessageAsync(one);
        foreach (var call in new Func<Task>[]
        {
            () => receiver.ReceiveMessageAsync(ten), () => receiver.ReceiveMessageAsync(extra), () => receiver.GetQueueUrlAsync("extra"),
            () => receiver.GetQueueAttributesAsync(extra, ["All"]), () => receiver.ListQueueTagsAsync(new ListQueueTagsRequest { QueueUrl = extra }),
            () => receiver.ReceiveMessageAsync(one.Replace("locked-a", "there-is-none", StringComparison.Ordinal)), () => manager.CreateQueueAsync("extra-2"), () => manager.DeleteQueueAsync(extra),
            () => receiver.ListDeadLetterSourceQueuesAsync(new ListDeadLetterSourceQueuesRequest { QueueUrl = extra }),
            () => receiver.ListMessageMoveTasksAsync(new ListMessageMoveTasksRequest { SourceArn = "arn:aws:sqs:eu-central-1:123456789012:extra" }),
            () => manager.StartMessageMoveTaskAsync(new StartMessageMoveTaskRequest { SourceArn = "arn:aws:sqs:eu-central-1:123456789012:extra" }),
        })
        {
            (await Should.ThrowAsync<AmazonSQSException>(call)).ErrorCode.ShouldBe("AccessDenied");
        }

        (await receiver.ListQueuesAsync("")).QueueUrls.ShouldAllBe(u => u.Contains("/locked-", StringComparison.Ordinal) && !u.EndsWith("10", StringComparison.Ordinal));
        (await receiver.ListQueuesAsync("locked-a")).QueueUrls.ShouldBe([one]);
        (await receiver.ListQueuesAsync("extra")).QueueUrls.ShouldBeNull();
    }

    [Fact]
    public async Task A_task_that_would_move_messages_to_queues_out_of_reach_is_refused()
    {
        var dead = (await Owner.CreateQueueAsync("managed-dead")).QueueUrl;
        var arn = "arn:aws:sqs:eu-central-1:123456789012:";
        await Owner.CreateQueueAsync(new CreateQueueRequest { QueueName = "foreign", Attributes = new() { ["RedrivePolicy"] = $$"""{"deadLetterTargetArn":"{{arn}}managed-dead","maxReceiveCount":1}""" } });
        dead.ShouldNotBeNull();
        var manager = Client("MANAGER", "the secret of the manager");
        foreach (var destination in new[] { null, arn + "foreign" })
        {
            var refused = await Should.ThrowAsync<AmazonSQSException>(
                () => manager.StartMessageMoveTaskAsync(new StartMessageMoveTaskRequest { SourceArn = arn + "managed-dead", DestinationArn = destination }));
            (refused.ErrorCode, refused.Message.Contains("foreign", StringComparison.Ordinal)).ShouldBe(("AccessDenied", true));
        }
    }

    [Theory]
    [InlineData("Never", true)]
    [InlineData("withoutKeys", false)]
    [InlineData("always", false)]
    public async Task Unsigned_requests_are_taken_when_the_setting_says_so(string setting, bool refused)
    {
        await using var process = await AppProcess.StartAsync(app.Environment(new() { ["FuncQueueSqs__Unsigned"] = setting }));
        var unsigned = new SignedHttp(process.Address + "/sqs") { Tamper = r => r.Headers.Remove("Authorization") };
        (await unsigned.QueryAsync(List)).Code.ShouldBe(refused ? "MissingAuthenticationToken" : null);
        // A signature is looked at unless nobody has a key.
        (await new SignedHttp(process.Address + "/sqs").QueryAsync(List)).Code.ShouldBe(setting == "withoutKeys" ? null : "InvalidClientTokenId");
    }

    [Fact]
    public async Task Beside_keys_unsigned_requests_are_taken_only_when_the_setting_says_always()
    {
        await using var process = await AppProcess.StartAsync(app.Environment(new()
        {
            ["FuncQueueSqs__Unsigned"] = "always",
            ["FuncQueueSqs__Keys__0__AccessKeyId"] = "AKIDEXAMPLE",
            ["FuncQueueSqs__Keys__0__SecretAccessKey"] = Secret,
            ["FuncQueueSqs__Keys__0__Rights"] = "send",
        }));
        (await new SignedHttp(process.Address + "/sqs") { Tamper = r => r.Headers.Remove("Authorization") }.QueryAsync(List)).Code.ShouldBeNull();
        (await new SignedHttp(process.Address + "/sqs").QueryAsync(List)).Code.ShouldBeNull();
        (await new SignedHttp(process.Address + "/sqs") { Secret = "forged" }.QueryAsync(List)).Code.ShouldBe("SignatureDoesNotMatch");
        (await new SignedHttp(process.Address + "/sqs").QueryAsync("Action=CreateQueue&QueueName=q")).Code.ShouldBe("AccessDenied");
    }

    [Theory]
    [InlineData("Keys__0__AccessKeyId", "", "FuncQueueSqs:Keys:0:AccessKeyId must be")]
    [InlineData("Keys__0__SecretAccessKey", "short", "FuncQueueSqs:Keys:0:SecretAccessKey must be")]
    [InlineData("Keys__0__Rights", "", "FuncQueueSqs:Keys:0:Rights must name")]
    [InlineData("Keys__0__Rights", "send,own", "FuncQueueSqs:Keys:0:Rights must be")]
    [InlineData("Keys__0__Queues", "a b", "FuncQueueSqs:Keys:0:Queues must be")]
    [InlineData("Keys__1__AccessKeyId", "AKIDEXAMPLE", "FuncQueueSqs:Keys has the id AKIDEXAMPLE more than once")]
    [InlineData("AccountId", "me", "FuncQueueSqs:AccountId must be 12 digits")]
    [InlineData("Region", "EU", "FuncQueueSqs:Region must be")]
    [InlineData("Unsigned", "perhaps", "FuncQueueSqs:Unsigned must be")]
    public async Task A_setting_that_cannot_be_used_is_told_at_the_start(string setting, string value, string says)
    {
        var environment = new Dictionary<string, string?>();
        foreach (var key in new[] { "0", "1" })
        {
            environment[$"FuncQueueSqs__Keys__{key}__AccessKeyId"] = key == "0" ? "AKIDEXAMPLE" : "OTHER";
            environment[$"FuncQueueSqs__Keys__{key}__SecretAccessKey"] = Secret;
            environment[$"FuncQueueSqs__Keys__{key}__Rights"] = "send";
        }

        environment["FuncQueueSqs__" + setting] = value;
        var (exitCode, output) = await AppProcess.RunAsync(app.Environment(environment), "--urls", "http://127.0.0.1:0");
        exitCode.ShouldNotBe(0);
        output.ShouldContain(says);
        output.ShouldNotContain(Secret);
    }

    /// <summary>How both protocols refuse a request.</summary>
    private static async Task<(HttpStatusCode, string?, string)> RefusedAsync(SignedHttp http)
    {
        var (query, json) = (await http.QueryAsync(List), await http.JsonAsync("ListQueues", "{}"));
        query.Code.ShouldBe(json.Code);
        query.Status.ShouldBe(json.Status);
        return (json.Status, json.Code, json.Type);
    }

    private static void SetAuthorization(HttpRequestMessage request, Func<string, string> change)
    {
        var before = request.Headers.GetValues("Authorization").Single();
        request.Headers.Remove("Authorization");
        request.Headers.TryAddWithoutValidation("Authorization", change(before));
    }

    private static void SetBody(HttpRequestMessage request, string body)
    {
        var type = request.Content!.Headers.ContentType;
        request.Content = new StringContent(body);
        request.Content.Headers.ContentType = type;
    }
}
