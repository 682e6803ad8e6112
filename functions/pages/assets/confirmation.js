// Countersign, Apache-2.0. Written by `make scripts` from web/, febcf8154411f701.
function O(e){if(!/^[A-Za-z0-9_-]*$/.test(e))throw new TypeError("not base64url");let t=atob(e.replaceAll("-","+").replaceAll(
"_","/"));return Uint8Array.from(t,n=>n.charCodeAt(0))}var l=new URL("/",import.meta.url).href,be=5e3,xe=35e3,c=class extends Error{constructor(t,n,{status:r,retryAfter:a,errors:s=[]}={},i=void 0){
super(n,{cause:i}),this.name="Refusal",this.code=t,this.status=r,this.retryAfter=a,this.errors=s}};function T(e){let t=new URL(
e),n=t.hostname==="localhost"||t.hostname.endsWith(".localhost");if(t.protocol!=="https:"&&!(t.protocol==="http:"&&n))throw new c(
"unexpected_answer","The server's answer holds no web address.");return t.href}async function m(e,t,n,{method:r,body:a,credentials:s="\
omit"}={}){let i=await Se(n);if(Ae(i))throw F();let u={accept:"application/json",authorization:`Bearer ${i}`};a&&(u["con\
tent-type"]="application/json");try{return await k(e,t,{method:r??(a?"POST":"GET"),headers:u,credentials:s,cache:"no-sto\
re",body:a&&JSON.stringify(a)})}catch(d){throw ve(e,d)&&await Ee(e)?F():d}}function ve(e,t){return new URL(e).origin!==globalThis.
location?.origin&&t instanceof c&&t.cause instanceof TypeError}function Ae(e){try{let t=new TextDecoder().decode(O(e.split(
".")[1]));return JSON.parse(t).exp<=Date.now()/1e3}catch{return!1}}function F(){return new c("invalid_token","The token \
has ended, or the server does not take it.",{status:401})}async function Ee(e){try{let t=AbortSignal.timeout(be),n=new URL(
"settings.json",e.endsWith("/")?e:`${e}/`);return(await fetch(n,{credentials:"omit",referrerPolicy:"no-referrer",cache:"\
no-store",signal:t})).ok}catch{return!1}}async function Se(e){try{return typeof e=="function"?await e():e}catch{throw new c(
"token_unavailable","The page's own function gave no token.")}}async function k(e,t,n){let r=new URL(t,e.endsWith("/")?e:`${e}/`),a=AbortSignal.timeout(xe),s;try{s=await fetch(r,{credentials:"\
omit",referrerPolicy:"no-referrer",signal:a,...n})}catch(u){let d="The request did not reach the server, or its answer w\
as lost.";throw new c("network_error",d,{},u)}if(s.status===204)return null;let i=await s.json().catch(()=>null);if(s.ok&&
i)return i;throw K(s.status,i,s.headers.get("retry-after"))}var Oe={401:"invalid_token",403:"missing_scope",429:"rate_li\
mited"};function K(e,t,n=null){let r=e>=500?"service_unavailable":"unexpected_answer",a=t?.code??Oe[e]??r,s=Number.parseInt(
n??"",10),i=t?.detail??`The server answered ${e}.`,u=Array.isArray(t?.errors)?t.errors:[];return new c(a,i,{status:e,retryAfter:s||
void 0,errors:u})}function V(e){return new Promise(t=>setTimeout(t,e))}var Ie="data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw==",xt={supportedMethods:"secure-payment\
-confirmation",data:{rpId:"rp.example",credentialIds:[new Uint8Array(1)],challenge:new Uint8Array(1),instrument:{displayName:"\
-",icon:Ie},payeeOrigin:"https://merchant.example"}};var Ne=["AMEX","DISCOVER","INTERAC","JCB","MASTERCARD","VISA"];var Lt=[...Ne,"ELECTRON","ELO","ELO_DEBIT","MAESTRO"];var P=new Map;function y({base:e=l}={}){let t={credentials:"same-origin"},n=P.get(e)??k(e,"settings.json",t);return P.set(
e,n),n.catch(()=>P.delete(e)),n}var C=new Map;function R(e){let t=globalThis;if(t.Stripe)return Promise.resolve(t.Stripe);let n=C.get(e)??Ue(e).then(()=>t.
Stripe);return C.set(e,n),n.catch(()=>C.delete(e)),n}function Ue(e){return new Promise((t,n)=>{let r=document.createElement(
"script");r.src=e,r.onload=()=>t(),r.onerror=()=>{r.remove(),n(new c("stripe_js_unavailable","Stripe.js could not be loa\
ded."))},document.head.append(r)})}var J={times:4,seconds:2};async function M({base:e=l,token:t,flow:n="modal",returnUrl:r,email:a,phone:s}){if(n!=="modal"&&
n!=="redirect")throw new TypeError('flow is "modal" or "redirect"');let i={flow:n,return_url:r,email:a,phone:s},u=()=>De(
e,t,i);try{return n==="modal"?await $e(e,u):await Le(u)}catch(d){if(!(d instanceof c))throw d;let{code:ye,message:ge,retryAfter:_e}=d;
return{status:"refused",by:"countersign",code:ye,message:ge,retryAfter:_e}}}function N({base:e=l,token:t}){return m(e,"v\
erification-sessions/current",t)}async function $e(e,t){let n=await y({base:e}),r=n.stripe_publishable_key;if(!r)throw new c(
"modal_unavailable","There is no publishable key; use the redirect flow.");let[a,s]=await Promise.all([R(n.stripe_js_url),
t()]),{error:i}=await a(r).verifyIdentity(s.client_secret).catch(()=>{throw new c("modal_failed","Stripe.js could not op\
en the modal.")});if(!i)return{status:"submitted"};let{code:u="unknown",message:d=""}=i;return{status:"refused",by:"stri\
pe",code:u,message:d}}async function Le(e){return location.assign(T((await e()).url)),{status:"redirecting"}}async function De(e,t,n){
for(let r=1;;r+=1)try{return await m(e,"create-verification-session",t,{body:n})}catch(a){if(!(a instanceof c&&a.code===
"request_in_progress")||r>J.times)throw a;await V(1e3*(a.retryAfter??J.seconds))}}var U=document.documentElement.lang,$={};async function z(){let e=await fetch(`/assets/messages.${U}.json`);if(!e.ok)throw new Error(
`messages: ${e.status}`);$=await e.json()}function _(e){return Object.hasOwn($,e)}function o(e,t={}){return $[e].replace(
/\{(\w+)\}/g,(n,r)=>t[r])}function Y(e){let t=navigator.languages.find(n=>n.split("-")[0]===U);return new Intl.DateTimeFormat(
t??U,{dateStyle:"long",timeStyle:"short"}).format(e)}var X="countersign.session",He="countersign.sign-in";var h=class extends Error{constructor(t,n="/"){super(t),this.reason=t,this.returnTo=n}};function g(){let e=sessionStorage.
getItem(X);if(!e)return null;let t=JSON.parse(e);return t.expiresAt>Date.now()?t:(L(),null)}function L(){sessionStorage.
removeItem(X)}async function Q(e,t=location.pathname+location.search){if(!globalThis.crypto?.subtle)throw new h("unsuppo\
rted");let n=await te(e),r={state:Z(),verifier:Z(),returnTo:t};sessionStorage.setItem(He,JSON.stringify(r));let a=new URL(
n.authorization_endpoint),s={scope:"openid",...e.sign_in_parameters,response_type:"code",client_id:e.client_id,redirect_uri:Fe(),
state:r.state,code_challenge:await Ke(r.verifier),code_challenge_method:"S256"};for(let[i,u]of Object.entries(s))a.searchParams.
set(i,u);location.assign(a)}async function ee(e){sessionStorage.clear();let t=new URL("/",location.href),n=await te(e).catch(()=>null);if(!n?.end_session_endpoint)
return location.assign(t);let r=new URL(n.end_session_endpoint);return r.searchParams.set("client_id",e.client_id),r.searchParams.
set("post_logout_redirect_uri",t.href),r.searchParams.set("logout_uri",t.href),location.assign(r)}async function te(e){if(!e.
issuer||!e.client_id)throw new h("not_set_up");let t=e.issuer.replace(/\/$/,""),{status:n,body:r}=await We(`${t}/.well-k\
nown/openid-configuration`);if(n!==200||r?.issuer!==e.issuer)throw new h("unreachable");return r}async function We(e,t){try{let n=await fetch(e,{credentials:"omit",referrerPolicy:"no-referrer",...t});return{status:n.status,
body:await n.json().catch(()=>null)}}catch{throw new h("unreachable")}}function Fe(){return new URL("/signed-in",location.href).href}function Z(){return ne(crypto.getRandomValues(new Uint8Array(
32)))}async function Ke(e){let t=await crypto.subtle.digest("SHA-256",new TextEncoder().encode(e));return ne(new Uint8Array(
t))}function ne(e){return btoa(String.fromCharCode(...e)).replaceAll("+","-").replaceAll("/","_").replaceAll("=","")}function p(e){let t=document.getElementById(e);if(!t)throw new Error(`no #${e}`);return t}async function oe(e){addEventListener(
"pageshow",t=>t.persisted&&location.reload());try{let[t]=await Promise.all([y(),z()]);ae(t),t.stripe_publishable_key.startsWith(
"pk_test_")&&D(),document.documentElement.dataset.ready="",await e(t)}catch(t){throw document.documentElement.dataset.failed=
"",t}}function D(){p("test-mode").hidden=!1}function ae(e){let{name:t}=g()??{};p("account").hidden=t===void 0,p("account\
-name").textContent=t?o("account.signed_in_as",{name:t}):o("account.signed_in"),p("sign-out").onclick=()=>ee(e)}var x="",
v=!1;function w(e,{heading:t,text:n,actions:r=[],notice:a="",code:s=""}){let i=x;x=JSON.stringify([e,s,t,n]),f(a),x!==i&&
(Object.assign(p("status").dataset,{state:e,code:s}),p("heading").textContent=t,document.title=`${t} · ${o("site.name")}`,
p("detail").replaceChildren(...n.map(Ve)),p("actions").replaceChildren(...r.map(Ge))),i!==""&&(v||x!==i)&&p("heading").focus()}
function f(e){p("notice").textContent=e}function Ve(e){let t=document.createElement("p");return t.textContent=e,t}function Ge({
id:e,label:t,quiet:n,href:r,run:a},s){let i=document.createElement(r?"a":"button");return i instanceof HTMLAnchorElement?
i.href=r??"":i.type="button",i.id=e,i.textContent=t,i.className=n?"link":`button ${s===0?"primary":"secondary"}`,i.onclick=
a?()=>Je(i,a):null,i}function ie(){return v}async function Je(e,t){if(!v){re(e,!0);try{await t()}catch(n){throw f(o("not\
ice.other",{code:"unexpected"})),n}finally{re(e,!1),document.activeElement===document.body&&e.focus()}}}function re(e,t){
v=t,e.toggleAttribute("data-busy",t);for(let n of document.querySelectorAll("#actions > *"))n.setAttribute("aria-disable\
d",String(t))}function se(e,t){let n=async()=>{f(o("sign_in.opening"));try{await Q(e,t),await new Promise(()=>{})}catch(r){if(!(r instanceof
h))throw r;f(o(`sign_in.${r.reason}`))}};return{id:"sign-in",label:o("sign_in.button"),run:n}}function ce(e){L(),ae(e)}var ue={session_cancelled:"session_cancelled",request_in_progress:"request_in_progress",network_error:"network_error",stripe_js_unavailable:"\
stripe_js_unavailable",modal_failed:"stripe_js_unavailable",install_links_misconfigured:"install_links_misconfigured",spc_misconfigured:"\
spc_misconfigured",permission_missing:"permission_missing",account_unreachable:"account_unreachable",open_payments:"open\
_payments",rate_limited:"rate_limited",too_many_requests:"rate_limited",service_unavailable:"unavailable",stripe_unavailable:"\
unavailable",storage_unavailable:"unavailable",secrets_unavailable:"unavailable"};function le(e){let t=Object.hasOwn(ue,
e)&&ue[e];return t?o(`notice.${t}`):void 0}var q="countersign.left",ze={consent_declined:["alternative","retry"],device_unsupported:["redirect","retry","alternativ\
e"],under_supported_age:["alternative"],phone_otp_declined:["retry","alternative"],email_verification_declined:["retry",
"alternative"],other:["retry","redirect","alternative"]};function Ye(e){return e.stripe_publishable_key?"modal":"redirec\
t"}function b(e,t,n,r=Ye(e.settings)){return{id:t,label:n,run:()=>Ze(e,r)}}function A({alternative_verification_url:e}){
return e?[{id:"alternative",label:o("action.alternative"),href:e}]:[]}async function Ze(e,t){let n=g();if(!n)return E(e);
f(o("notice.opening")),nt();let r=await M({token:n.token,flow:t});return r.status==="redirecting"?new Promise(()=>{}):r.
status==="submitted"?e.follow():(W(),Xe(e,r))}function Xe(e,{by:t,code:n,retryAfter:r}){let a=le(n);return a?f(a):n==="v\
erification_in_progress"?e.follow():(e.hold(),n==="already_verified"?j():n==="too_many_attempts"?tt(e,r):n==="invalid_to\
ken"?E(e):t==="stripe"?Qe(e,n):f(o("notice.other",{code:n})))}function E(e){e.signedOut(o("sign_in.expired"))}function Qe(e,t){
let n=_(`refusal.${t}.heading`)?t:"other",r=ze[n].flatMap(s=>et(e,s)),a=[o(`refusal.${n}.text`,{code:t}),...B(r)];w("ref\
used",{heading:o(`refusal.${n}.heading`),text:a,actions:r,code:t})}function et(e,t){return t==="alternative"?A(e.settings):
t==="retry"?[b(e,"retry",o("action.retry"))]:[b(e,"verify-redirect",o("action.redirect"),"redirect")]}function tt({settings:e},t){
let n=t&&Y(Date.now()+1e3*t),r=n?o("state.too_many.text",{time:n}):o("state.too_many.later"),a=A(e);w("too_many_attempts",
{heading:o("state.too_many.heading"),text:[r],actions:a})}function j(){w("verified",{heading:o("state.verified.heading"),
text:[o("state.verified.text")]})}function B(e){return e.some(({id:t})=>t==="alternative")?[]:[o("contact")]}var H="";function fe(e){
H=e?JSON.stringify([e.id,e.status,e.last_error?.code,e.updated]):""}function nt(){sessionStorage.setItem(q,H)}function de(){
return sessionStorage.getItem(q)===H}function W(){sessionStorage.removeItem(q)}var pe=[1,2,4,8,15],rt=2e4,ot=["verified","canceled","redacted","failed","refused","none"];oe(e=>{let t={settings:e,follow:()=>{
w("waiting",he(t,"waiting")),me(t)},hold:()=>S+=1,signedOut:n=>we(t,n)};return me(t)});var S=0;async function me(e){let t=S+=
1,n=Date.now()+rt;for(let r=0;t===S;r+=1){let a=g();if(!a)return we(e);let s=await it(e,a.token);if(t!==S||s.stop)return;
let i=s.known&&!ie()&&st(e,s.verification,n);if(i&&ot.includes(i))return;await lt(Math.max(at(r,n),s.retryAfter??0))&&(r=
-1)}}function at(e,t){let n=(t-Date.now())/1e3,r=pe[Math.min(e,pe.length-1)];return n>0?Math.min(r,n+.1):r}async function it(e,t){
try{return{known:!0,verification:await N({token:t})}}catch(n){if(!(n instanceof c))throw n;if(n.status===404)return{known:!0};
if(n.status===401)return E(e),{stop:!0};let r=!n.status||n.status>=500||n.status===429;return f(r?o("notice.offline"):o(
"notice.other",{code:n.code})),{retryAfter:n.retryAfter}}}function st(e,t,n){fe(t??null),t?.livemode===!1&&D(),f("");let r=ct(
t,Date.now()<n);return r==="verified"?j():w(r,he(e,r,t?.last_error?.code)),r}function ct(e,t){if(!e)return"none";let{status:n}=e;
return n!=="requires_input"?_(`state.${n}.heading`)?n:"waiting":t&&(!e.last_error||de())?"waiting":(W(),e.last_error?e.retryable?
"failed":"refused":"unfinished")}function he(e,t,n){let r=o(`state.${t}.heading`),a=o(_(`last_error.${n}`)?`last_error.${n}`:
"last_error.other"),s=A(e.settings);switch(t){case"processing":return{heading:r,text:[o("state.processing.text"),o("stat\
e.processing.leave")]};case"unfinished":return{heading:r,text:[o("state.unfinished.text")],actions:[b(e,"start",o("actio\
n.start"))]};case"failed":{let i=b(e,"retry",o("action.retry"));return{heading:r,text:[a,o("state.failed.text")],actions:[
i,...s],code:n}}case"refused":return{heading:r,text:[a,...B(s)],actions:s,code:n};case"waiting":return{heading:r,text:[o(
"state.waiting.text")]};default:return{heading:r,text:[o(`state.${t}.text`)],actions:[ut(t)]}}}function ut(e){return{id:"\
go-verify",label:e==="none"?o("action.verify"):o("action.new"),href:"/verify"}}function we({settings:e},t){ce(e);let n=o(
"state.signed_out.heading"),r=[o("state.signed_out.text")];w("signed_out",{heading:n,text:r,actions:[se(e)],notice:t})}async function lt(e){
return await new Promise(t=>setTimeout(t,1e3*e)),document.visibilityState==="visible"?!1:(await new Promise(t=>document.
addEventListener("visibilitychange",t,{once:!0})),!0)}
