// Countersign, Apache-2.0. Written by `make scripts` from web/, febcf8154411f701.
function A(e){if(!/^[A-Za-z0-9_-]*$/.test(e))throw new TypeError("not base64url");let t=atob(e.replaceAll("-","+").replaceAll(
"_","/"));return Uint8Array.from(t,n=>n.charCodeAt(0))}var l=new URL("/",import.meta.url).href,me=5e3,he=35e3,c=class extends Error{constructor(t,n,{status:r,retryAfter:a,errors:s=[]}={},i=void 0){
super(n,{cause:i}),this.name="Refusal",this.code=t,this.status=r,this.retryAfter=a,this.errors=s}};function E(e){let t=new URL(
e),n=t.hostname==="localhost"||t.hostname.endsWith(".localhost");if(t.protocol!=="https:"&&!(t.protocol==="http:"&&n))throw new c(
"unexpected_answer","The server's answer holds no web address.");return t.href}async function m(e,t,n,{method:r,body:a,credentials:s="\
omit"}={}){let i=await _e(n);if(ye(i))throw D();let u={accept:"application/json",authorization:`Bearer ${i}`};a&&(u["con\
tent-type"]="application/json");try{return await S(e,t,{method:r??(a?"POST":"GET"),headers:u,credentials:s,cache:"no-sto\
re",body:a&&JSON.stringify(a)})}catch(f){throw we(e,f)&&await ge(e)?D():f}}function we(e,t){return new URL(e).origin!==globalThis.
location?.origin&&t instanceof c&&t.cause instanceof TypeError}function ye(e){try{let t=new TextDecoder().decode(A(e.split(
".")[1]));return JSON.parse(t).exp<=Date.now()/1e3}catch{return!1}}function D(){return new c("invalid_token","The token \
has ended, or the server does not take it.",{status:401})}async function ge(e){try{let t=AbortSignal.timeout(me),n=new URL(
"settings.json",e.endsWith("/")?e:`${e}/`);return(await fetch(n,{credentials:"omit",referrerPolicy:"no-referrer",cache:"\
no-store",signal:t})).ok}catch{return!1}}async function _e(e){try{return typeof e=="function"?await e():e}catch{throw new c(
"token_unavailable","The page's own function gave no token.")}}async function S(e,t,n){let r=new URL(t,e.endsWith("/")?e:`${e}/`),a=AbortSignal.timeout(he),s;try{s=await fetch(r,{credentials:"\
omit",referrerPolicy:"no-referrer",signal:a,...n})}catch(u){let f="The request did not reach the server, or its answer w\
as lost.";throw new c("network_error",f,{},u)}if(s.status===204)return null;let i=await s.json().catch(()=>null);if(s.ok&&
i)return i;throw q(s.status,i,s.headers.get("retry-after"))}var be={401:"invalid_token",403:"missing_scope",429:"rate_li\
mited"};function q(e,t,n=null){let r=e>=500?"service_unavailable":"unexpected_answer",a=t?.code??be[e]??r,s=Number.parseInt(
n??"",10),i=t?.detail??`The server answered ${e}.`,u=Array.isArray(t?.errors)?t.errors:[];return new c(a,i,{status:e,retryAfter:s||
void 0,errors:u})}function j(e){return new Promise(t=>setTimeout(t,e))}var Ae="data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw==",dt={supportedMethods:"secure-payment\
-confirmation",data:{rpId:"rp.example",credentialIds:[new Uint8Array(1)],challenge:new Uint8Array(1),instrument:{displayName:"\
-",icon:Ae},payeeOrigin:"https://merchant.example"}};var ke=["AMEX","DISCOVER","INTERAC","JCB","MASTERCARD","VISA"];var kt=[...ke,"ELECTRON","ELO","ELO_DEBIT","MAESTRO"];var T=new Map;function y({base:e=l}={}){let t={credentials:"same-origin"},n=T.get(e)??S(e,"settings.json",t);return T.set(
e,n),n.catch(()=>T.delete(e)),n}var k=new Map;function I(e){let t=globalThis;if(t.Stripe)return Promise.resolve(t.Stripe);let n=k.get(e)??Ie(e).then(()=>t.
Stripe);return k.set(e,n),n.catch(()=>k.delete(e)),n}function Ie(e){return new Promise((t,n)=>{let r=document.createElement(
"script");r.src=e,r.onload=()=>t(),r.onerror=()=>{r.remove(),n(new c("stripe_js_unavailable","Stripe.js could not be loa\
ded."))},document.head.append(r)})}var H={times:4,seconds:2};async function P({base:e=l,token:t,flow:n="modal",returnUrl:r,email:a,phone:s}){if(n!=="modal"&&
n!=="redirect")throw new TypeError('flow is "modal" or "redirect"');let i={flow:n,return_url:r,email:a,phone:s},u=()=>Re(
e,t,i);try{return n==="modal"?await Pe(e,u):await Ce(u)}catch(f){if(!(f instanceof c))throw f;let{code:fe,message:de,retryAfter:pe}=f;
return{status:"refused",by:"countersign",code:fe,message:de,retryAfter:pe}}}function C({base:e=l,token:t}){return m(e,"v\
erification-sessions/current",t)}async function Pe(e,t){let n=await y({base:e}),r=n.stripe_publishable_key;if(!r)throw new c(
"modal_unavailable","There is no publishable key; use the redirect flow.");let[a,s]=await Promise.all([I(n.stripe_js_url),
t()]),{error:i}=await a(r).verifyIdentity(s.client_secret).catch(()=>{throw new c("modal_failed","Stripe.js could not op\
en the modal.")});if(!i)return{status:"submitted"};let{code:u="unknown",message:f=""}=i;return{status:"refused",by:"stri\
pe",code:u,message:f}}async function Ce(e){return location.assign(E((await e()).url)),{status:"redirecting"}}async function Re(e,t,n){
for(let r=1;;r+=1)try{return await m(e,"create-verification-session",t,{body:n})}catch(a){if(!(a instanceof c&&a.code===
"request_in_progress")||r>H.times)throw a;await j(1e3*(a.retryAfter??H.seconds))}}var R=document.documentElement.lang,N={};async function W(){let e=await fetch(`/assets/messages.${R}.json`);if(!e.ok)throw new Error(
`messages: ${e.status}`);N=await e.json()}function K(e){return Object.hasOwn(N,e)}function o(e,t={}){return N[e].replace(
/\{(\w+)\}/g,(n,r)=>t[r])}function F(e){let t=navigator.languages.find(n=>n.split("-")[0]===R);return new Intl.DateTimeFormat(
t??R,{dateStyle:"long",timeStyle:"short"}).format(e)}var V="countersign.session",$e="countersign.sign-in";var h=class extends Error{constructor(t,n="/"){super(t),this.reason=t,this.returnTo=n}};function g(){let e=sessionStorage.
getItem(V);if(!e)return null;let t=JSON.parse(e);return t.expiresAt>Date.now()?t:(M(),null)}function M(){sessionStorage.
removeItem(V)}async function J(e,t=location.pathname+location.search){if(!globalThis.crypto?.subtle)throw new h("unsuppo\
rted");let n=await Y(e),r={state:G(),verifier:G(),returnTo:t};sessionStorage.setItem($e,JSON.stringify(r));let a=new URL(
n.authorization_endpoint),s={scope:"openid",...e.sign_in_parameters,response_type:"code",client_id:e.client_id,redirect_uri:De(),
state:r.state,code_challenge:await qe(r.verifier),code_challenge_method:"S256"};for(let[i,u]of Object.entries(s))a.searchParams.
set(i,u);location.assign(a)}async function z(e){sessionStorage.clear();let t=new URL("/",location.href),n=await Y(e).catch(()=>null);if(!n?.end_session_endpoint)
return location.assign(t);let r=new URL(n.end_session_endpoint);return r.searchParams.set("client_id",e.client_id),r.searchParams.
set("post_logout_redirect_uri",t.href),r.searchParams.set("logout_uri",t.href),location.assign(r)}async function Y(e){if(!e.
issuer||!e.client_id)throw new h("not_set_up");let t=e.issuer.replace(/\/$/,""),{status:n,body:r}=await Le(`${t}/.well-k\
nown/openid-configuration`);if(n!==200||r?.issuer!==e.issuer)throw new h("unreachable");return r}async function Le(e,t){try{let n=await fetch(e,{credentials:"omit",referrerPolicy:"no-referrer",...t});return{status:n.status,
body:await n.json().catch(()=>null)}}catch{throw new h("unreachable")}}function De(){return new URL("/signed-in",location.href).href}function G(){return Z(crypto.getRandomValues(new Uint8Array(
32)))}async function qe(e){let t=await crypto.subtle.digest("SHA-256",new TextEncoder().encode(e));return Z(new Uint8Array(
t))}function Z(e){return btoa(String.fromCharCode(...e)).replaceAll("+","-").replaceAll("/","_").replaceAll("=","")}function d(e){let t=document.getElementById(e);if(!t)throw new Error(`no #${e}`);return t}async function Q(e){addEventListener(
"pageshow",t=>t.persisted&&location.reload());try{let[t]=await Promise.all([y(),W()]);ee(t),t.stripe_publishable_key.startsWith(
"pk_test_")&&U(),document.documentElement.dataset.ready="",await e(t)}catch(t){throw document.documentElement.dataset.failed=
"",t}}function U(){d("test-mode").hidden=!1}function ee(e){let{name:t}=g()??{};d("account").hidden=t===void 0,d("account\
-name").textContent=t?o("account.signed_in_as",{name:t}):o("account.signed_in"),d("sign-out").onclick=()=>z(e)}var b="",
$=!1;function w(e,{heading:t,text:n,actions:r=[],notice:a="",code:s=""}){let i=b;b=JSON.stringify([e,s,t,n]),p(a),b!==i&&
(Object.assign(d("status").dataset,{state:e,code:s}),d("heading").textContent=t,document.title=`${t} · ${o("site.name")}`,
d("detail").replaceChildren(...n.map(je)),d("actions").replaceChildren(...r.map(Be))),i!==""&&($||b!==i)&&d("heading").focus()}
function p(e){d("notice").textContent=e}function je(e){let t=document.createElement("p");return t.textContent=e,t}function Be({
id:e,label:t,quiet:n,href:r,run:a},s){let i=document.createElement(r?"a":"button");return i instanceof HTMLAnchorElement?
i.href=r??"":i.type="button",i.id=e,i.textContent=t,i.className=n?"link":`button ${s===0?"primary":"secondary"}`,i.onclick=
a?()=>He(i,a):null,i}async function He(e,t){if(!$){X(e,!0);try{await t()}catch(n){throw p(o("notice.other",{code:"unexpected"})),n}finally{X(
e,!1),document.activeElement===document.body&&e.focus()}}}function X(e,t){$=t,e.toggleAttribute("data-busy",t);for(let n of document.
querySelectorAll("#actions > *"))n.setAttribute("aria-disabled",String(t))}function te(e){return location.assign(e),new Promise(
()=>{})}function ne(e,t){let n=async()=>{p(o("sign_in.opening"));try{await J(e,t),await new Promise(()=>{})}catch(r){if(!(r instanceof
h))throw r;p(o(`sign_in.${r.reason}`))}};return{id:"sign-in",label:o("sign_in.button"),run:n}}function re(e){M(),ee(e)}var oe={session_cancelled:"session_cancelled",request_in_progress:"request_in_progress",network_error:"network_error",stripe_js_unavailable:"\
stripe_js_unavailable",modal_failed:"stripe_js_unavailable",install_links_misconfigured:"install_links_misconfigured",spc_misconfigured:"\
spc_misconfigured",permission_missing:"permission_missing",account_unreachable:"account_unreachable",open_payments:"open\
_payments",rate_limited:"rate_limited",too_many_requests:"rate_limited",service_unavailable:"unavailable",stripe_unavailable:"\
unavailable",storage_unavailable:"unavailable",secrets_unavailable:"unavailable"};function ae(e){let t=Object.hasOwn(oe,
e)&&oe[e];return t?o(`notice.${t}`):void 0}var ie="countersign.left",We={consent_declined:["alternative","retry"],device_unsupported:["redirect","retry","alternati\
ve"],under_supported_age:["alternative"],phone_otp_declined:["retry","alternative"],email_verification_declined:["retry",
"alternative"],other:["retry","redirect","alternative"]};function Ke(e){return e.stripe_publishable_key?"modal":"redirec\
t"}function _(e,t,n,r=Ke(e.settings)){return{id:t,label:n,run:()=>Fe(e,r)}}function x({alternative_verification_url:e}){
return e?[{id:"alternative",label:o("action.alternative"),href:e}]:[]}async function Fe(e,t){let n=g();if(!n)return v(e);
p(o("notice.opening")),Ze();let r=await P({token:n.token,flow:t});return r.status==="redirecting"?new Promise(()=>{}):r.
status==="submitted"?e.follow():(Xe(),Ge(e,r))}function Ge(e,{by:t,code:n,retryAfter:r}){let a=ae(n);return a?p(a):n==="\
verification_in_progress"?e.follow():(e.hold(),n==="already_verified"?L():n==="too_many_attempts"?ze(e,r):n==="invalid_t\
oken"?v(e):t==="stripe"?Ve(e,n):p(o("notice.other",{code:n})))}function v(e){e.signedOut(o("sign_in.expired"))}function Ve(e,t){
let n=K(`refusal.${t}.heading`)?t:"other",r=We[n].flatMap(s=>Je(e,s)),a=[o(`refusal.${n}.text`,{code:t}),...Ye(r)];w("re\
fused",{heading:o(`refusal.${n}.heading`),text:a,actions:r,code:t})}function Je(e,t){return t==="alternative"?x(e.settings):
t==="retry"?[_(e,"retry",o("action.retry"))]:[_(e,"verify-redirect",o("action.redirect"),"redirect")]}function ze({settings:e},t){
let n=t&&F(Date.now()+1e3*t),r=n?o("state.too_many.text",{time:n}):o("state.too_many.later"),a=x(e);w("too_many_attempts",
{heading:o("state.too_many.heading"),text:[r],actions:a})}function L(){w("verified",{heading:o("state.verified.heading"),
text:[o("state.verified.text")]})}function Ye(e){return e.some(({id:t})=>t==="alternative")?[]:[o("contact")]}var se="";
function ce(e){se=e?JSON.stringify([e.id,e.status,e.last_error?.code,e.updated]):""}function Ze(){sessionStorage.setItem(
ie,se)}function Xe(){sessionStorage.removeItem(ie)}var Qe=4e3;Q(async e=>{let t={settings:e,follow:()=>te("/confirmation"),hold:()=>{},signedOut:r=>le(t,r)},n=g();return n?
(p(o("site.loading")),et(t,await tt(n.token))):le(t)});function et(e,t){return t instanceof c?t.status===401?v(e):ue(e):
(ce(t),t?.livemode===!1&&U(),t?.status==="verified"?L():t?.status==="processing"?e.follow():ue(e))}function tt(e){let t=new Promise(
r=>setTimeout(r,Qe,null)),n=C({token:e}).catch(r=>r);return Promise.race([n,t])}function ue(e){let{settings:t}=e,n=[_(e,
"verify-redirect",o("verify.redirect"),"redirect")];t.stripe_publishable_key&&n.unshift(_(e,"verify-modal",o("verify.mod\
al"),"modal"));for(let r of x(t))n.push({...r,label:o("verify.alternative"),quiet:!0});w("ready",{heading:o("verify.head\
ing"),text:[o("verify.lead")],actions:n})}function le({settings:e},t){re(e);let n=[o("verify.lead"),o("verify.sign_in")];
w("signed_out",{heading:o("verify.heading"),text:n,actions:[ne(e)],notice:t})}
