using FuncQueue.Worker.Tests.Support;
using FuncQueue.WorkerHost;

namespace FuncQueue.Worker.Tests.Hosting;

/// <summary>What the host answers by itself, before the app sees a request, and what it makes of those that it hands on.</summary>
public sealed class HostRulesTests(WorkerFixture app)
{
    private static readonly HostOptions Locked = PublishedApp.Options(
        new Dictionary<string, string?> { ["FUNCTIONS_REQUEST_BODY_SIZE_LIMIT"] = "100000" }
    ) with
    {
        FunctionKey = "correct horse",
        MasterKey = "master",
    };

    [Fact]
    public async Task Functions_of_level_Function_want_a_key_of_the_host_and_the_header_wins()
    {
        await using var front = await app.App.Host.OpenFrontAsync(Locked);
        using var http = new HttpClient { BaseAddress = new Uri(front.Address) };
        (await StatusAsync("/host/keys", null)).ShouldBe(HttpStatusCode.Unauthorized);
        (await StatusAsync("/host/keys", "wrong")).ShouldBe(HttpStatusCode.Unauthorized);
        (await StatusAsync("/host/keys", "correct horse")).ShouldBe(HttpStatusCode.OK);
        (await StatusAsync("/host/keys", "master")).ShouldBe(HttpStatusCode.OK);
        (await StatusAsync("/host/keys?code=correct%20horse", null)).ShouldBe(HttpStatusCode.OK);
        (await StatusAsync("/host/keys?code=correct%20horse", "wrong")).ShouldBe(HttpStatusCode.Unauthorized);
        (await StatusAsync("/health", null)).ShouldBe(HttpStatusCode.OK);

        async Task<HttpStatusCode> StatusAsync(string url, string? key)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, url);
            if (key is not null)
                request.Headers.Add("x-functions-key", key);
            using var response = await http.SendAsync(request);
            if (response.StatusCode == HttpStatusCode.Unauthorized)
                (await response.Content.ReadAsByteArrayAsync()).ShouldBeEmpty();
            return response.StatusCode;
        }
    }

    [Theory]
    [InlineData(100_000, false, HttpStatusCode.Created)]
    [InlineData(100_001, false, HttpStatusCode.RequestEntityTooLarge)]
    [InlineData(99_000, true, HttpStatusCode.Created)]
    // The chunks' own lengths count, too.
    [InlineData(100_000, true, HttpStatusCode.RequestEntityTooLarge)]
    public async Task A_body_over_the_hosts_limit_is_a_bare_413(int length, bool chunked, HttpStatusCode status)
    {
        await using var front = await app.App.Host.OpenFrontAsync(Locked);
        var queue = await app.Client.QueueAsync();
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, front.Address + queue + "/messages")
        {
            Content = new ByteArrayContent(new byte[length]),
        };
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + app.Client.Key);
        request.Headers.TransferEncodingChunked = chunked;
        using var response = await http.SendAsync(request);
        response.StatusCode.ShouldBe(status);
        if (status == HttpStatusCode.RequestEntityTooLarge)
            (await response.Content.ReadAsByteArrayAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Headers_over_32_KiB_are_an_empty_431()
    {
        var answer = await RawConnection.ExchangeAsync(
            app.Client.Base,
            $"GET /queues HTTP/1.1\r\nHost: x\r\nConnection: close\r\nx-long: {new string('x', 33_000)}\r\n\r\n"
        );
        answer.ShouldStartWith("HTTP/1.1 431");
        answer.ShouldContain("Content-Length: 0");
    }

    [Theory]
    [InlineData("GET", "/nowhere", HttpStatusCode.NotFound, "not-found")]
    [InlineData("PATCH", "/queues", HttpStatusCode.MethodNotAllowed, "method-not-allowed")]
    [InlineData("POST", "/queues/x/messages/dequeue/more", HttpStatusCode.NotFound, "not-found")]
    public async Task What_no_function_takes_comes_to_the_app_all_the_same(string method, string path, HttpStatusCode status, string code)
    {
        var answer = await app.Client.SendAsync(new HttpMethod(method), path);
        answer.Status.ShouldBe(status);
        answer.Code.ShouldBe(code);
    }

    [Fact]
    public async Task What_a_proxy_before_the_host_says_of_the_callers_address_is_overwritten()
    {
        var queue = await app.Client.QueueAsync();
        await app.Client.EnqueueAsync(queue, new byte[100_000]);
        var answer = await app.Client.SendAsync(
            HttpMethod.Post,
            queue + "/messages/dequeue",
            null,
            ("X-Forwarded-Proto", "https"),
            ("X-Forwarded-Host", "queue.example.com")
        );
        answer.Json["messages"]![0]!["bodyUrl"]!.GetValue<string>().ShouldStartWith($"{app.App.Address}{queue}/messages/");
    }

    /// <summary>A parameter or a member of the body named like a part of the route does not take its place.</summary>
    [Fact]
    public async Task The_queue_is_the_one_of_the_path_whatever_else_is_named_queue()
    {
        var (queue, other) = (await app.Client.QueueAsync(), await app.Client.QueueAsync());
        var name = other.Split('/')[^1];
        (await app.Client.PostAsync($"{queue}/messages/batch", $$"""{"queue":"{{name}}","messages":[{"body":"x"}]}""")).Fields.ShouldBe([
            "queue",
        ]);
        (await app.Client.PostAsync($"{queue}/purge?queue={name}")).Fields.ShouldBe(["queue"]);
        await app.Client.EnqueueAsync(other, "stays");
        (await app.Client.SendAsync(HttpMethod.Post, $"{queue}/messages", ApiClient.Json($$"""{"queue":"{{name}}"}"""))).Status.ShouldBe(
            HttpStatusCode.Created
        );
        (await app.Client.CountsAsync(other)).ShouldContain("\"ready\":1,");
        (await app.Client.CountsAsync(queue)).ShouldContain("\"ready\":1,");
    }

    [Fact]
    public async Task No_payload_travels_to_the_host_beside_the_answer()
    {
        var queue = await app.Client.QueueAsync();
        await app.Client.EnqueueAsync(queue, new string('p', 20_000));
        await app.Client.DequeueAsync(queue);
        await app.Client.GetAsync(queue + "/messages");
        app.App.Host.LongestReturnValue.Length.ShouldBeLessThan(200, app.App.Host.LongestReturnValue);
    }
}
