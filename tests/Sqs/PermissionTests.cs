namespace FuncQueue.Sqs.Tests;

/// <summary>AddPermission and RemovePermission: statements that are kept and shown.</summary>
public sealed class PermissionTests(AppFixture app) : SqsTest(app)
{
    [Fact]
    public async Task Permissions_are_statements_of_the_policy_until_they_are_removed()
    {
        var url = await QueueAsync();
        await Sqs.AddPermissionAsync(url, "both", ["111111111111", "222222222222"], ["ReceiveMessage"]);
        await Sqs.AddPermissionAsync(url, "one", ["111111111111"], ["SendMessage", "GetQueueUrl"]);
        JsonNode
            .DeepEquals(
                JsonNode.Parse((await PolicyAsync(url))!),
                JsonNode.Parse(
                    $$"""
                    {"Version":"2008-10-17","Id":"{{ArnOf(url)}}/SQSDefaultPolicy","Statement":[
                      {"Sid":"both","Effect":"Allow","Principal":{"AWS":["arn:aws:iam::111111111111:root","arn:aws:iam::222222222222:root"]},"Action":"SQS:ReceiveMessage","Resource":"{{ArnOf(
                        url
                    )}}"},
                      {"Sid":"one","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111111111111:root"},"Action":["SQS:SendMessage","SQS:GetQueueUrl"],"Resource":"{{ArnOf(
                        url
                    )}}"}]}
                    """
                )
            )
            .ShouldBeTrue(await PolicyAsync(url));
        await Sqs.RemovePermissionAsync(url, "both");
        JsonNode.Parse((await PolicyAsync(url))!)!["Statement"]!.AsArray().ShouldHaveSingleItem()!["Sid"]!
            .GetValue<string>()
            .ShouldBe("one");
        await Sqs.RemovePermissionAsync(url, "one");
        (await PolicyAsync(url)).ShouldBeNull();
    }

    [Fact]
    public async Task A_permission_goes_into_a_policy_that_is_there()
    {
        var url = await QueueAsync(("Policy", """{"Version":"2012-10-17","Statement":{"Sid":"mine","Effect":"Deny"}}"""));
        await Sqs.AddPermissionAsync(url, "more", ["111111111111"], ["*"]);
        JsonNode.Parse((await PolicyAsync(url))!)!["Statement"]!
            .AsArray()
            .Select(s => s!["Sid"]!.GetValue<string>())
            .ShouldBe(["mine", "more"]);
        await Sqs.SetQueueAttributesAsync(url, new() { ["Policy"] = "" });
        (await PolicyAsync(url)).ShouldBeNull();
    }

    [Fact]
    public async Task A_label_is_good_once_and_one_that_is_not_there_cannot_be_removed()
    {
        var url = await QueueAsync();
        await Sqs.AddPermissionAsync(url, "label", ["111111111111"], ["SendMessage"]);
        (await IsInvalidAsync(() => Sqs.AddPermissionAsync(url, "label", ["222222222222"], ["SendMessage"]))).Message.ShouldEndWith(
            "Already exists."
        );
        (await IsInvalidAsync(() => Sqs.RemovePermissionAsync(url, "other"))).Message.ShouldEndWith("can't find label.");
    }

    [Fact]
    public async Task What_cannot_be_permitted_is_refused()
    {
        var url = await QueueAsync();
        await IsInvalidAsync(() => Sqs.AddPermissionAsync(url, "a b", ["111111111111"], ["SendMessage"]));
        await IsInvalidAsync(() => Sqs.AddPermissionAsync(url, new string('l', 81), ["111111111111"], ["SendMessage"]));
        await IsInvalidAsync(() => Sqs.AddPermissionAsync(url, "l", ["me"], ["SendMessage"]));
        await IsInvalidAsync(() => Sqs.AddPermissionAsync(url, "l", ["111111111111"], ["CreateQueue"]));
        await FailsAsync(() => Sqs.AddPermissionAsync(url, "l", [], ["SendMessage"]), "MissingParameter");
        await FailsAsync(() => Sqs.AddPermissionAsync(url, "l", ["111111111111"], []), "MissingParameter");
        await FailsAsync<Amazon.SQS.Model.OverLimitException>(
            () => Sqs.AddPermissionAsync(url, "l", ["111111111111"], [.. Enumerable.Repeat("SendMessage", 8)]),
            "OverLimit",
            HttpStatusCode.Forbidden
        );
    }

    private async Task<string?> PolicyAsync(string url) =>
        (await Sqs.GetQueueAttributesAsync(url, ["Policy"])).Attributes?.GetValueOrDefault("Policy");
}
