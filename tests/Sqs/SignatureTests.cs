using System.Net.Http.Headers;
using Amazon.SQS;
using Amazon.SQS.Model;

namespace FuncQueue.Sqs.Tests;

/// <summary>Which signatures are taken: those of either protocol and of presigned requests, unaltered and of now.</summary>
public sealed class SignatureTests(LockedApp locked) : IClassFixture<LockedApp>
{
    private const string List = "Action=ListQueues&Version=2012-11-05&QueueNamePrefix=none";

    private SignedHttp Http => new(locked.Endpoint);

    [Fact]
    public async Task A_request_that_an_SDK_has_signed_is_taken_and_the_sender_is_told_by_its_key()
    {
        var url = (await locked.Owner.CreateQueueAsync("signed")).QueueUrl;
        url.ShouldEndWith("/123456789012/signed");
        (await locked.Owner.GetQueueAttributesAsync(url, ["QueueArn"])).QueueARN.ShouldBe("arn:aws:sqs:eu-central-1:123456789012:signed");
        await locked.Owner.SendMessageAsync(url, "Grüße");
        var message = (
            await locked.Owner.ReceiveMessageAsync(new ReceiveMessageRequest { QueueUrl = url, MessageSystemAttributeNames = ["All"] })
        ).Messages.ShouldHaveSingleItem();
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
        (
            await new SignedHttp(locked.Endpoint)
            {
                Headers = new() { ["X-Amz-Security-Token"] = "a token", ["X-Custom"] = "a  b" },
            }.QueryAsync(List)
        ).Code.ShouldBe("SignatureDoesNotMatch");
        (
            await new SignedHttp(locked.Endpoint)
            {
                Headers = new() { ["X-Amz-Security-Token"] = "a token", ["X-Custom"] = "a b" },
            }.QueryAsync(List)
        ).Code.ShouldBeNull();
    }

    [Fact]
    public async Task An_unsigned_request_is_refused()
    {
        foreach (
            var reply in new[]
            {
                await new SignedHttp(locked.Endpoint) { Tamper = r => r.Headers.Remove("Authorization") }.QueryAsync(List),
                await new SignedHttp(locked.Endpoint) { Tamper = r => r.Headers.Remove("Authorization") }.JsonAsync("ListQueues", "{}"),
            }
        )
        {
            (reply.Status, reply.Code).ShouldBe((HttpStatusCode.Forbidden, "MissingAuthenticationToken"));
        }
    }

    [Fact]
    public async Task An_unknown_key_is_refused()
    {
        (await RefusedAsync(new SignedHttp(locked.Endpoint) { KeyId = "NOBODY" })).ShouldBe(
            (HttpStatusCode.Forbidden, "InvalidClientTokenId", "UnrecognizedClientException")
        );
        (
            await Should.ThrowAsync<AmazonSQSException>(() => locked.Client("NOBODY", LockedApp.Secret).ListQueuesAsync(""))
        ).ErrorCode.ShouldBe("InvalidClientTokenId");
    }

    [Fact]
    public async Task A_forged_signature_is_refused()
    {
        var expected = (HttpStatusCode.Forbidden, "SignatureDoesNotMatch", "InvalidSignatureException");
        (await RefusedAsync(new SignedHttp(locked.Endpoint) { Secret = LockedApp.Secret + "x" })).ShouldBe(expected);
        (await RefusedAsync(new SignedHttp(locked.Endpoint) { KeyId = "SENDER" })).ShouldBe(expected);
        (await RefusedAsync(new SignedHttp(locked.Endpoint) { Service = "s3" })).ShouldBe(expected);
        (await RefusedAsync(new SignedHttp(locked.Endpoint) { Terminator = "aws5_request" })).ShouldBe(expected);
        (await RefusedAsync(new SignedHttp(locked.Endpoint) { SignedHost = "queue.example.com" })).ShouldBe(expected);
        (await RefusedAsync(new SignedHttp(locked.Endpoint) { Loose = new() { ["X-Amz-Meta"] = "not signed" } })).ShouldBe(expected);
        (
            await RefusedAsync(
                new SignedHttp(locked.Endpoint) { Tamper = r => SetAuthorization(r, a => a[..^1] + (a[^1] == '0' ? '1' : '0')) }
            )
        ).ShouldBe(expected);
        (
            await RefusedAsync(
                new SignedHttp(locked.Endpoint)
                {
                    Tamper = r => SetAuthorization(r, a => a.Replace("eu-west-3", "eu-west-1", StringComparison.Ordinal)),
                }
            )
        ).ShouldBe(expected);
        (
            await Should.ThrowAsync<AmazonSQSException>(() => locked.Client("AKIDEXAMPLE", "another secret").ListQueuesAsync(""))
        ).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task A_request_that_was_altered_is_refused()
    {
        foreach (
            var tamper in new Action<HttpRequestMessage>[]
            {
                r => SetBody(r, "Action=ListQueues&Version=2012-11-05&QueueNamePrefix=nona"),
                r => SetBody(r, ""),
                r => r.RequestUri = new Uri(r.RequestUri + "?Action=DeleteQueue"),
                r => r.RequestUri = new Uri(r.RequestUri + "/123456789012/q"),
                r => r.Method = HttpMethod.Get,
                r =>
                    (
                        r.Headers.Remove("x-amz-date"),
                        r.Headers.TryAddWithoutValidation(
                            "x-amz-date",
                            TimeProvider.System.GetUtcNow().AddMinutes(-1).ToString("yyyyMMdd'T'HHmmss'Z'")
                        )
                    ).ToString(),
                r => r.Content!.Headers.ContentType = MediaTypeHeaderValue.Parse("text/plain"),
            }
        )
        {
            var reply = await new SignedHttp(locked.Endpoint) { Tamper = tamper }.QueryAsync(List);
            (reply.Status, reply.Code).ShouldBe((HttpStatusCode.Forbidden, "SignatureDoesNotMatch"), reply.Text);
        }

        var target = await new SignedHttp(locked.Endpoint)
        {
            Tamper = r =>
                (r.Headers.Remove("x-amz-target"), r.Headers.TryAddWithoutValidation("x-amz-target", "AmazonSQS.PurgeQueue")).ToString(),
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
        (await RefusedAsync(new SignedHttp(locked.Endpoint) { At = at })).ShouldBe(
            (HttpStatusCode.BadRequest, "RequestExpired", "RequestExpired")
        );
        (await new SignedHttp(locked.Endpoint) { At = at }.PresignedAsync(List)).Code.ShouldBe("RequestExpired");
    }

    [Theory]
    [InlineData(-13)]
    [InlineData(13)]
    public async Task Clocks_may_differ_by_minutes(int minutes) =>
        (
            await new SignedHttp(locked.Endpoint) { At = TimeProvider.System.GetUtcNow().AddMinutes(minutes) }.JsonAsync("ListQueues", "{}")
        ).Code.ShouldBeNull();

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
    [InlineData(
        "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260101/r/sqs/aws4_request, "
            + "Signature=0000000000000000000000000000000000000000000000000000000000000000"
    )]
    [InlineData(
        "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260101/r/sqs/aws4_request, SignedHeaders=x;host, "
            + "Signature=0000000000000000000000000000000000000000000000000000000000000000"
    )]
    [InlineData("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260101/r/sqs/aws4_request, SignedHeaders=host, Signature=xyz")]
    public async Task A_signature_that_is_not_well_formed_is_incomplete(string authorization)
    {
        var http = new SignedHttp(locked.Endpoint) { Tamper = r => SetAuthorization(r, _ => authorization) };
        (await RefusedAsync(http)).ShouldBe((HttpStatusCode.BadRequest, "IncompleteSignature", "IncompleteSignatureException"));
    }

    [Fact]
    public async Task A_signature_with_a_date_that_is_none_or_given_twice_is_incomplete()
    {
        var noDate = new SignedHttp(locked.Endpoint)
        {
            Tamper = r => (r.Headers.Remove("x-amz-date"), r.Headers.TryAddWithoutValidation("x-amz-date", "today")).ToString(),
        };
        (await noDate.QueryAsync(List)).Code.ShouldBe("IncompleteSignature");
        var twice = new SignedHttp(locked.Endpoint)
        {
            Tamper = r => r.RequestUri = new Uri(r.RequestUri + "?X-Amz-Algorithm=AWS4-HMAC-SHA256"),
        };
        (await twice.QueryAsync(List)).Code.ShouldBe("IncompleteSignature");
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
